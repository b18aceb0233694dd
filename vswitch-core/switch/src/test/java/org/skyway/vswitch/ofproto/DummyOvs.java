package org.skyway.vswitch.ofproto;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// An Open vSwitch of our own on a run directory of its own, with a bridge `br0` of dummy ports 1
/// to 3: it touches nothing of the machine's.
final class DummyOvs implements AutoCloseable {
    private static final Path SCHEMA = Path.of("/usr/share/openvswitch/vswitch.ovsschema");

    /// The versions that both switches speak.
    static final List<String> VERSIONS =
            List.of(
                    "OpenFlow10",
                    "OpenFlow11",
                    "OpenFlow12",
                    "OpenFlow13",
                    "OpenFlow14",
                    "OpenFlow15");

    final Path directory;
    private final List<Process> processes = new ArrayList<>();

    DummyOvs(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        Path db = directory.resolve("conf.db");
        String socket = "unix:" + directory.resolve("db.sock");
        run("ovsdb-tool", "create", db.toString(), SCHEMA.toString());
        start("ovsdb-server", db.toString(), "--remote=p" + socket);
        await(directory.resolve("db.sock"));
        start("ovs-vswitchd", socket, "--disable-system", "--enable-dummy");
        List<String> command = new ArrayList<>(List.of("ovs-vsctl", "--db=" + socket));
        command.addAll(List.of("--", "add-br", "br0"));
        command.addAll(List.of("--", "set", "bridge", "br0", "datapath_type=dummy"));
        command.add("protocols=" + String.join(",", VERSIONS));
        command.addAll(List.of("fail_mode=secure", "other-config:datapath-id=0000000000000001"));
        command.addAll(List.of("other-config:hwaddr=aa:bb:cc:00:00:ff"));
        for (int i = 1; i <= 3; i++) {
            command.addAll(List.of("--", "add-port", "br0", "p" + i));
            command.addAll(List.of("--", "set", "interface", "p" + i, "type=dummy"));
            command.add("ofport_request=" + i);
        }
        run(command.toArray(String[]::new));
        await(directory.resolve("br0.mgmt"));
    }

    /// What is missing to run one, or null.
    static String missing() {
        for (String p : List.of("ovsdb-tool", "ovsdb-server", "ovs-vswitchd", "ovs-vsctl")) {
            if (!OvsTool.installed(p)) {
                return p + ": apt-get install openvswitch-switch";
            }
        }
        return Files.exists(SCHEMA) ? null : SCHEMA.toString();
    }

    private void run(String... command) throws IOException, InterruptedException {
        OvsTool.Result r = OvsTool.run(directory, 60, command);
        if (r.status() != 0) {
            throw new IOException(String.join(" ", command) + ": " + r.output());
        }
    }

    private void start(String... command) throws IOException {
        ProcessBuilder b = new ProcessBuilder(command);
        b.environment().put("OVS_RUNDIR", directory.toString());
        b.environment().put("OVS_LOGDIR", directory.toString());
        b.environment().merge("PATH", ":/usr/sbin:/sbin", String::concat);
        File log = directory.resolve(command[0] + ".out").toFile();
        processes.add(b.redirectErrorStream(true).redirectOutput(log).start());
    }

    private static void await(Path socket) throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!Files.exists(socket)) {
            if (System.nanoTime() > end) {
                throw new IOException(socket + " did not appear in 60 s");
            }
            Thread.sleep(20);
        }
    }

    @Override
    public void close() {
        for (Process p : processes.reversed()) {
            p.destroy();
        }
        for (Process p : processes) {
            try {
                if (!p.waitFor(5, TimeUnit.SECONDS)) {
                    p.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
