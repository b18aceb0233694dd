package org.skyway.experiments.conformance.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Program;

/// An Open vSwitch of the tester's own: database, daemons, userspace datapath; nothing of the
/// system's.
final class OvsSide extends Side {
    private static final String SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema";

    private final List<Program> daemons;
    private final Unixctl unixctl;

    private OvsSide(
            Path directory, String bridge, Veths veths, List<Program> daemons, Unixctl unixctl) {
        super("Open vSwitch", directory, bridge, veths);
        this.daemons = daemons;
        this.unixctl = unixctl;
    }

    static OvsSide start(Path directory, String bridge, Veths veths, Undertaker undertaker) {
        String database = directory.resolve("conf.db").toString();
        Path socket = directory.resolve("db.sock");
        Path control = directory.resolve("vs.ctl");
        List<Program> daemons = new ArrayList<>();
        try {
            Program.output(directory, "ovsdb-tool", "create", database, SCHEMA);
            daemons.add(
                    daemon(
                            undertaker,
                            directory,
                            "/usr/sbin/ovsdb-server",
                            database,
                            "--remote=punix:" + socket,
                            "--unixctl=" + directory.resolve("db.ctl")));
            await(socket);
            daemons.add(
                    daemon(
                            undertaker,
                            directory,
                            "ip",
                            "netns",
                            "exec",
                            veths.namespace(),
                            "/usr/sbin/ovs-vswitchd",
                            "unix:" + socket,
                            "--disable-system",
                            "--unixctl=" + control));
            await(control);
            configure(directory, socket, bridge, veths.switchEnds());
            Unixctl unixctl = new Unixctl(control);
            return new OvsSide(directory, bridge, veths, daemons, unixctl);
        } catch (RuntimeException e) {
            daemons.reversed().forEach(Program::close);
            throw e;
        }
    }

    private static void configure(Path directory, Path db, String bridge, List<String> ports) {
        List<String> vsctl = new ArrayList<>();
        vsctl.addAll(List.of("ovs-vsctl", "--retry", "--db=unix:" + db, "--timeout=20"));
        vsctl.addAll(List.of("--", "init", "--", "add-br", bridge));
        vsctl.addAll(List.of("--", "set", "bridge", bridge, "datapath_type=netdev"));
        vsctl.addAll(List.of("fail-mode=secure", "other-config:datapath-id=" + Lab.DATAPATH_ID));
        vsctl.add("protocols=OpenFlow10,OpenFlow11,OpenFlow12,OpenFlow13,OpenFlow14,OpenFlow15");
        int number = 1;
        for (String port : ports) {
            vsctl.addAll(List.of("--", "add-port", bridge, port));
            vsctl.addAll(List.of("--", "set", "interface", port, "ofport_request=" + number++));
        }
        Program.output(directory, vsctl.toArray(new String[0]));
    }

    private static Program daemon(Undertaker undertaker, Path directory, String... command) {
        List<String> words = new ArrayList<>(List.of(command));
        words.addAll(List.of("-vconsole:off", "-vfile:warn"));
        String program = words.stream().filter(w -> w.startsWith("/usr/sbin/")).findFirst().get();
        String name = Path.of(program).getFileName().toString();
        words.add("--log-file=" + directory.resolve(name + ".log"));
        Program p = Program.start(name, directory, line -> {}, words);
        undertaker.endProcess(p.pid(), directory.toString());
        return p;
    }

    private static void await(Path socket) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!Files.exists(socket)) {
            if (System.nanoTime() > deadline) {
                throw new ExperimentException(socket + " did not appear within 30 s");
            }
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ExperimentException("interrupted", e);
            }
        }
    }

    boolean hasEnded() {
        long deadline = System.nanoTime() + Duration.ofSeconds(1).toNanos();
        while (System.nanoTime() < deadline) {
            if (daemons.stream().anyMatch(d -> !d.isAlive())) {
                return true;
            }
            LockSupport.parkNanos(1_000_000);
        }
        return false;
    }

    @Override
    public void settle() {
        unixctl.run("revalidator/purge");
    }

    @Override
    public void close() {
        super.close();
        unixctl.close();
        daemons.reversed().forEach(Program::close);
    }
}
