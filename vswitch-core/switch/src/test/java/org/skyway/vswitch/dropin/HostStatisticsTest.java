package org.skyway.vswitch.dropin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostStatisticsTest {
    @TempDir Path directory;

    @Test
    void thisHostHasAllOfThem() throws Exception {
        long own = ProcessHandle.current().pid();
        Files.writeString(directory.resolve("ovsdb-server.pid"), own + "\n");
        Map<String, String> all = HostStatistics.of(directory);
        String cpu = Integer.toString(Runtime.getRuntime().availableProcessors());
        assertEquals(cpu, all.get("cpu"));
        assertTrue(all.get("load_average").matches("[0-9.]+,[0-9.]+,[0-9.]+"), all::toString);
        assertTrue(all.get("memory").matches("\\d+,\\d+,\\d+,\\d+,\\d+"), all::toString);
        for (String name : new String[] {"ovs-vswitchd", "ovsdb-server"}) {
            String process = all.get("process_" + name);
            assertTrue(process.matches("\\d+,[1-9]\\d*,\\d+,0,\\d+,\\d+,\\d+"), all::toString);
        }
    }

    @Test
    void aProcessIsReadWhateverItsName() {
        String stat =
                "7 (a) b (c) S 1 7 7 0 -1 4194560 1 2 3 4 50 60 7 8 20 0 9 0 1000 4194304 300 1 2 3"
                        + " 4 5 6 7 8 9 10 11 12 13 17 1 0 0 0";
        assertEquals("4096,1200,1100,0,5000,5000,1", HostStatistics.process(stat, 15_000));
    }

    @Test
    void memoryIsTold() {
        assertEquals(
                "1000,700,30,50,10",
                HostStatistics.memory(
                        """
                        MemTotal:       1000 kB
                        MemFree:         300 kB
                        Buffers:          10 kB
                        Cached:           20 kB
                        SwapTotal:        50 kB
                        SwapFree:         40 kB
                        """));
    }
}
