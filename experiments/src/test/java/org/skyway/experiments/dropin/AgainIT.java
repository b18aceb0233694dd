package org.skyway.experiments.dropin;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.process.RunFolder;

/// Ports and bridges that come and go again and again: what goes wrong, or stays behind, in one of
/// a hundred times only.
@Timeout(200)
class AgainIT {
    private static final String ROUNDS = "30";
    private static final int FEW = 10; // files that a program opens at its first chance

    @Test
    void theThirtiethTimeIsAsTheFirst() {
        assumeTrue(DropInLab.missing() == null, DropInLab::missing);
        List<String> said;
        try (RunFolder folder = new RunFolder()) {
            DropInLab lab = new DropInLab(folder.path());
            said =
                    lab.run(
                            "again.sh",
                            Duration.ofSeconds(180),
                            List.of(
                                    folder.path().toString(),
                                    DropInLab.skyway(),
                                    lab.file("again.py").toString(),
                                    ROUNDS));
        }
        String all = String.join("\n", said);
        for (String what : List.of("internal", "patch", "up", "many")) {
            assertMost(said, what + " wrong ", 0);
            assertMost(said, what + " removed ", 0);
            assertMost(said, what + " files ", FEW);
        }
        assertTrue(said.contains("logged 0"), all);
    }

    private static void assertMost(List<String> said, String name, int most) {
        String all = String.join("\n", said);
        List<String> values =
                said.stream()
                        .filter(l -> l.startsWith(name))
                        .map(l -> l.substring(name.length()))
                        .toList();
        assertTrue(values.size() == 1 && Integer.parseInt(values.getFirst()) <= most, all);
    }
}
