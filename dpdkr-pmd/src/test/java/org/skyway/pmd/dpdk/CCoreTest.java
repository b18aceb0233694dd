package org.skyway.pmd.dpdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.pmd.dpdk.CCore.Build;

/// The core of the driver in C: that it has the ABI of the document, and that it does nothing that
/// a sanitizer or gcc's analyzer can find.
@Timeout(600)
class CCoreTest {
    @Test
    void everyNumberIsThatOfTheDocument() throws Exception {
        List<String> document = new ArrayList<>();
        String table = "";
        for (String line : Files.readAllLines(Path.of("../bypass-channel/ABI.md"))) {
            if (line.startsWith("#")) {
                table = line.replaceAll("#+ *", "");
            }
            String[] cell = line.split(" *\\| *");
            if (cell.length >= 6 && cell[1].matches("\\d+")) {
                document.add(table + " " + cell[3] + " " + cell[1]);
            } else if (cell.length == 3 && cell[2].matches("[0-9a-fx]+")) {
                document.add(table + " " + cell[1] + " " + Long.decode(cell[2]));
            }
        }
        List<String> core =
                new ArrayList<>(
                        CCore.run(List.of(CCore.program(Build.PLAIN, "abi_dump").toString()))
                                .lines()
                                .toList());
        Collections.sort(document);
        Collections.sort(core);
        assertTrue(document.size() > 40, document::toString);
        assertEquals(document, core);
    }

    @Test
    void switchOversLoseNothingAndKeepOrder() throws Exception {
        stress(Build.PLAIN, "port_stress", "2000");
    }

    @Test
    void switchOversTouchNoMemoryThatIsNotTheirs() throws Exception {
        stress(Build.ADDRESS, "port_stress", "400");
    }

    @Test
    void threadsOfAPortDoNotRace() throws Exception {
        stress(Build.THREAD, "port_stress", "300");
    }

    @Test
    void bothEndsOfARingDoNotRace() throws Exception {
        stress(Build.THREAD, "ring_stress", "200000");
        stress(Build.ADDRESS, "ring_stress", "1000000");
    }

    @Test
    void linesOfAnyKindAreReadOrRefused() throws Exception {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("CCoreTest seed " + seed + " (-Dskyway.seed=…)");
        stress(Build.ADDRESS, "json_reader", "--fuzz", "1", Long.toString(seed));
    }

    @Test
    void peerThatWritesAnythingHarmsOnlyItsLink() throws Exception {
        long seed = Long.getLong("skyway.seed", System.nanoTime());
        System.out.println("CCoreTest hostile seed " + seed + " (-Dskyway.seed=…)");
        stress(Build.ADDRESS, "port_hostile", "300", Long.toString(seed));
    }

    @Test
    void analyzerFindsNothing() throws Exception {
        CCore.program(Build.PLAIN, "abi_dump"); // or is skipped
        CCore.make("analyze");
    }

    private static void stress(Build build, String program, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(CCore.program(build, program).toString()));
        command.addAll(List.of(arguments));
        CCore.run(command);
    }
}
