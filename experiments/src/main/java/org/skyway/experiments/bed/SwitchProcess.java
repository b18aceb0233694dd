package org.skyway.experiments.bed;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Pause;
import org.skyway.experiments.process.Program;
import org.skyway.ivshmem.region.RegionStore;
import org.skyway.vswitch.daemon.ControlClient;

/// A real `vswitchd` with a small heap, and what can be seen of it from outside. One thread.
public final class SwitchProcess implements AutoCloseable {
    /// The bridge's name.
    public static final String BRIDGE = "br0";

    /// What users give a switch that is not to take much.
    private static final String HEAP = "-Xmx256m";

    private static final Pattern USED = Pattern.compile("used (\\d+)([KM])");

    private final Path directory;
    private final Program program;

    private SwitchProcess(Path directory, Program program) {
        this.directory = directory;
        this.program = program;
    }

    /// Starts one with dpdkr ports that are numbered from 1.
    ///
    /// @param directory its run directory
    /// @param chronicle where its log goes
    /// @param ports their names
    /// @param more further arguments
    /// @return the switch, ready
    public static SwitchProcess start(
            Path directory, Chronicle chronicle, List<String> ports, String... more) {
        return startWithin(List.of(), directory, chronicle, ports, more);
    }

    /// Starts one by another program, which it takes the place of.
    ///
    /// @param within that program and its arguments
    /// @param directory its run directory
    /// @param chronicle where its log goes
    /// @param ports their names
    /// @param more further arguments
    /// @return the switch, ready
    public static SwitchProcess startWithin(
            List<String> within,
            Path directory,
            Chronicle chronicle,
            List<String> ports,
            String... more) {
        List<String> command = new ArrayList<>(within);
        command.addAll(
                List.of(
                        "env",
                        "SKYWAY_JAVA_OPTS=" + HEAP,
                        Program.launcher().toAbsolutePath().toString(),
                        "vswitchd",
                        "--rundir",
                        directory.toString(),
                        "--bridge",
                        BRIDGE));
        for (int i = 0; i < ports.size(); i++) {
            command.addAll(List.of("--port", (i + 1) + ":dpdkr:" + ports.get(i)));
        }
        command.addAll(List.of(more));
        Program p = Program.start("vswitchd", directory, chronicle.of("vswitchd"), command);
        try {
            p.await(line -> line.contains("is ready"), Duration.ofSeconds(120), "it is ready");
            return new SwitchProcess(directory, p);
        } catch (RuntimeException e) {
            p.close();
            throw e;
        }
    }

    /// Its process.
    ///
    /// @return the program
    public Program program() {
        return program;
    }

    /// Where it runs.
    ///
    /// @return its run directory
    public Path directory() {
        return directory;
    }

    /// A controller of it.
    ///
    /// @param name for messages
    /// @return a new connection
    public Controller controller(String name) {
        return new Controller(name, directory, BRIDGE);
    }

    /// Asks as `skyway ctl` does, on a connection of its own: one that is silent has to go when
    /// there are too many.
    ///
    /// @param command for instance `stats`
    /// @return the answer
    public JsonNode ask(String command) {
        try (ControlClient control = new ControlClient(directory)) {
            return control.ask(ControlClient.request(command));
        }
    }

    /// Waits for something.
    ///
    /// @param condition what; looked at again and again
    /// @param patience how long at most
    /// @param lookMillis how long between two looks
    /// @param what it is, for messages
    /// @throws ExperimentException if it does not come
    public void await(BooleanSupplier condition, Duration patience, long lookMillis, String what) {
        long end = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new ExperimentException(
                        "no %s within %d s; links: %s"
                                .formatted(what, patience.toSeconds(), ask("links")));
            }
            Pause.millis(lookMillis);
        }
    }

    /// Counters of a port.
    ///
    /// @param name the port's
    /// @return an object as in `ctl stats`
    public JsonNode port(String name) {
        for (JsonNode p : ask("stats").get("ports")) {
            if (p.get("name").asText().equals(name)) {
                return p;
            }
        }
        throw new ExperimentException("the switch has no port " + name);
    }

    /// How many packets an entry has counted.
    ///
    /// @param words what its line in `ovs-ofctl dump-flows` contains
    /// @return packets of all such entries
    public long packetsOf(String words) {
        return sum(words, "n_packets");
    }

    /// How many bytes an entry has counted.
    ///
    /// @param words what its line in `ovs-ofctl dump-flows` contains
    /// @return bytes of all such entries
    public long bytesOf(String words) {
        return sum(words, "n_bytes");
    }

    private long sum(String words, String counter) {
        long sum = 0;
        boolean found = false;
        for (String line :
                Program.output(directory, "ovs-ofctl", "dump-flows", BRIDGE).lines().toList()) {
            if (line.contains(words)) {
                sum += Long.parseLong(line.replaceAll(".*" + counter + "=([0-9]+).*", "$1"));
                found = true;
            }
        }
        if (!found) {
            throw new ExperimentException("there is no entry with " + words);
        }
        return sum;
    }

    /// The threads that the switch can't do without, by name; a thread that died and was replaced
    /// has another id.
    ///
    /// @return name and thread id
    public Map<String, String> threads() {
        Map<String, String> found = new TreeMap<>();
        Path tasks = Path.of("/proc", Long.toString(program.pid()), "task");
        try (DirectoryStream<Path> all = Files.newDirectoryStream(tasks)) {
            for (Path task : all) {
                String name;
                try {
                    name = Files.readString(task.resolve("comm")).strip();
                } catch (NoSuchFileException e) {
                    continue; // it ended while this looked
                }
                if (name.startsWith("poll-")
                        || name.startsWith("ofproto")
                        || name.equals("journal")) {
                    // A thread has its parent's name until it gets its own: the parent is older.
                    found.merge(
                            name,
                            task.getFileName().toString(),
                            (x, y) -> Long.parseLong(x) < Long.parseLong(y) ? x : y);
                }
            }
        } catch (IOException e) {
            throw new ExperimentException("can't read " + tasks + ": " + e, e);
        }
        return found;
    }

    /// Open descriptors.
    ///
    /// @return how many
    public int descriptors() {
        return count(Path.of("/proc", Long.toString(program.pid()), "fd"), "*");
    }

    /// Regions of this switch that lie in shared memory.
    ///
    /// @return how many files
    public int regions() {
        return count(sharedMemory(), RegionStore.of(directory).prefix() + "*");
    }

    /// Where its regions are, as the switch sees it: it may have a file system of its own there.
    ///
    /// @return a directory; of this host if the switch is no more
    public Path sharedMemory() {
        Path host = Path.of("/dev/shm");
        Path own = Path.of("/proc", Long.toString(program.pid()), "root", "dev", "shm");
        return Files.isDirectory(own) ? own : host;
    }

    private static int count(Path folder, String names) {
        int n = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, names)) {
            for (Path _ : all) {
                n++;
            }
        } catch (IOException e) {
            throw new ExperimentException("can't read " + folder + ": " + e, e);
        }
        return n;
    }

    /// Memory that it takes, without what it shares with VNFs.
    ///
    /// @return mebibytes
    public double residentMegabytes() {
        Path status = Path.of("/proc", Long.toString(program.pid()), "status");
        try {
            double kilobytes = 0;
            for (String line : Files.readAllLines(status)) {
                if (line.startsWith("RssAnon:") || line.startsWith("RssFile:")) {
                    kilobytes += Long.parseLong(line.replaceAll("[^0-9]", ""));
                }
            }
            return kilobytes / 1024;
        } catch (IOException e) {
            throw new ExperimentException("can't read " + status + ": " + e, e);
        }
    }

    /// What lives on its heap, after a collection.
    ///
    /// @return mebibytes
    public double heapMegabytes() {
        jcmd("GC.run");
        Matcher used = USED.matcher(jcmd("GC.heap_info"));
        if (!used.find()) {
            throw new ExperimentException("jcmd GC.heap_info says nothing of what is used");
        }
        double n = Double.parseDouble(used.group(1));
        return used.group(2).equals("K") ? n / 1024 : n;
    }

    private String jcmd(String what) {
        return Program.output(
                directory,
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(program.pid()),
                what);
    }

    @Override
    public void close() {
        program.close();
    }
}
