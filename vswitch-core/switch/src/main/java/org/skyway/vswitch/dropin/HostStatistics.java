package org.skyway.vswitch.dropin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/// How the host is, in the keys and units of Open vSwitch's column `statistics` of its root table.
/// What can't be read is left out.
final class HostStatistics {
    private static final Path PROC = Path.of("/proc");
    private static final long TICK_MILLIS = 10;
    private static final long PAGE_KIB = 4;

    // Places in /proc/PID/stat behind the name, from its state on.
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;
    private static final int START_TICKS = 19;
    private static final int VIRTUAL_BYTES = 20;
    private static final int RESIDENT_PAGES = 21;
    private static final int CORE = 36;

    private HostStatistics() {}

    /// How it is now.
    ///
    /// @param runDirectory where daemons have their PID files
    static Map<String, String> of(Path runDirectory) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("cpu", Integer.toString(Runtime.getRuntime().availableProcessors()));
        try {
            String[] load = read(PROC.resolve("loadavg")).split(" ");
            all.put("load_average", String.join(",", load[0], load[1], load[2]));
            all.put("memory", memory(read(PROC.resolve("meminfo"))));
            String fileSystems = fileSystems(read(PROC.resolve("self/mounts")));
            if (!fileSystems.isEmpty()) {
                all.put("file_systems", fileSystems);
            }
            processes(runDirectory, all);
        } catch (IOException | RuntimeException e) {
            return all; // a number less harms nobody
        }
        return all;
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    /// Total, used, and cache, then the same of swap space but for the cache, in KiB.
    static String memory(String meminfo) {
        Map<String, Long> kib = new HashMap<>();
        for (String line : meminfo.split("\n")) {
            String[] words = line.split("[: ]+");
            if (words.length > 1) {
                kib.put(words[0], Long.valueOf(words[1]));
            }
        }
        long total = kib.get("MemTotal");
        long swap = kib.get("SwapTotal");
        return "%d,%d,%d,%d,%d"
                .formatted(
                        total,
                        total - kib.get("MemFree"),
                        kib.get("Buffers") + kib.get("Cached"),
                        swap,
                        swap - kib.get("SwapFree"));
    }

    // This process's own PID file must not be opened: to close it again would drop its lock.
    private static void processes(Path runDirectory, Map<String, String> all) throws IOException {
        long uptime =
                (long) (Double.parseDouble(read(PROC.resolve("uptime")).split(" ")[0]) * 1000);
        all.put("process_ovs-vswitchd", process(read(PROC.resolve("self/stat")), uptime));
        Path server = runDirectory.resolve("ovsdb-server.pid");
        if (Files.isRegularFile(server)) {
            Path stat = PROC.resolve(read(server).strip()).resolve("stat");
            all.put("process_ovsdb-server", process(read(stat), uptime));
        }
    }

    /// Virtual and resident memory in KiB, processor time in ms, crashes, ms since it was started
    /// first and since it was started last, and its core.
    static String process(String stat, long uptimeMillis) {
        List<String> words = List.of(stat.substring(stat.lastIndexOf(')') + 2).strip().split(" "));
        long ticks =
                Long.parseLong(words.get(USER_TICKS)) + Long.parseLong(words.get(SYSTEM_TICKS));
        long age = uptimeMillis - Long.parseLong(words.get(START_TICKS)) * TICK_MILLIS;
        return "%d,%d,%d,0,%d,%d,%s"
                .formatted(
                        Long.parseLong(words.get(VIRTUAL_BYTES)) / 1024,
                        Long.parseLong(words.get(RESIDENT_PAGES)) * PAGE_KIB,
                        ticks * TICK_MILLIS,
                        age,
                        age,
                        words.get(CORE));
    }

    // Of disks that can be written to: where it is, and in KiB how large and how full.
    private static String fileSystems(String mounts) throws IOException {
        StringJoiner all = new StringJoiner(" ");
        for (String line : mounts.split("\n")) {
            String[] words = line.split(" ");
            if (words.length < 4 || !words[0].startsWith("/dev") || !words[3].contains("rw")) {
                continue;
            }
            Path at = Path.of(words[1].replace("\\040", " "));
            if (Files.exists(at)) {
                FileStore store = Files.getFileStore(at);
                long total = store.getTotalSpace() / 1024;
                long free = store.getUnallocatedSpace() / 1024;
                all.add(
                        "%s,%d,%d"
                                .formatted(
                                        at.toString().replaceAll("[ ,]", "_"),
                                        total,
                                        total - free));
            }
        }
        return all.toString();
    }
}
