package org.skyway.experiments.dropin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.experiments.process.RunFolder;

/// A bridge with hundreds of ports, and with more than there can be.
@Timeout(300)
class ManyPortsIT {
    private List<String> said;

    // NAME VALUE…, of which some were said twice.
    private List<List<String>> values(String name) {
        return said.stream()
                .filter(l -> l.startsWith(name + " "))
                .map(l -> List.of(l.substring(name.length() + 1).split(" ")))
                .toList();
    }

    private void assertValue(String name, String... expected) {
        assertEquals(
                List.of(expected),
                values(name).stream().map(List::getFirst).toList(),
                () -> name + " in\n" + String.join("\n", said));
    }

    private void assertQuick(String name, int mostMillis) {
        for (List<String> v : values(name)) {
            assertEquals("0", v.getFirst(), () -> String.join("\n", said));
            assertTrue(
                    Integer.parseInt(v.get(1)) < mostMillis,
                    () -> name + " in\n" + String.join("\n", said));
        }
    }

    @Test
    void hundredsOfPortsComeAndGoAndWhatIsTooManyCostsNobodyElse() {
        assumeTrue(DropInLab.missing() == null, DropInLab::missing);
        try (RunFolder folder = new RunFolder()) {
            said =
                    new DropInLab(folder.path())
                            .run(
                                    "many-ports.sh",
                                    Duration.ofSeconds(280),
                                    List.of(folder.path().toString(), DropInLab.skyway()));
        }
        assertValue("taps", "201", "0");
        assertValue("errors", "0");
        assertValue("i7", "up");
        assertValue("heard", "1");
        assertQuick("one-transaction", 20_000);
        assertQuick("one-by-one", 10_000);
        assertQuick("too-many", 20_000);
        assertQuick("still-there", 10_000);
        assertQuick("again", 100_000); // of which the kernel takes most to end what was killed
        assertQuick("del-br", 10_000);
        int refused = Integer.parseInt(values("refused").getFirst().getFirst());
        assertTrue(refused > 50 && refused < 200, () -> String.join("\n", said));
        assertValue("reasons", Integer.toString(refused));
        assertValue("ofports", "same");
        assertTrue(
                Integer.parseInt(values("logged").getFirst().getFirst()) >= 1,
                () -> String.join("\n", said));
    }
}
