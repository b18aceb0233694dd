package org.skyway.experiments.peers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Pause;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;

/// A private Open vSwitch with DPDK: its own database, one bridge, ports for vhost-user. Nothing of
/// the system's Open vSwitch is touched.
public final class OvsDpdk implements AutoCloseable {
    /// Pages of 2 MiB that it takes.
    public static final int HUGE_PAGES = 300;

    /// The bridge's name.
    public static final String BRIDGE = "br0";

    private static final String SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema";
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final RunFolder folder = new RunFolder();
    private final List<Program> programs = new ArrayList<>();
    private final Consumer<String> log;

    /// Starts one.
    ///
    /// @param huge pages that are free
    /// @param cores of its PMD threads
    /// @param log gets what it says
    public OvsDpdk(ReservedPages huge, List<Integer> cores, Consumer<String> log) {
        this.log = log;
        try {
            start(huge, cores);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /// Why it can't be started.
    ///
    /// @return null if nothing is in the way, else what, and what to do
    public static String obstacle() {
        return OvsPackage.obstacle();
    }

    private void start(ReservedPages huge, List<Integer> cores) {
        Path dir = folder.path();
        Path daemon = OvsPackage.daemon();
        Program.output(dir, "ovsdb-tool", "create", dir.resolve("conf.db").toString(), SCHEMA);
        program(
                "ovsdb-server",
                dir.resolve("conf.db").toString(),
                "--remote=punix:" + dir.resolve("db.sock"),
                "--unixctl=" + dir.resolve("db.ctl"));
        await(dir.resolve("db.sock"));
        long mask = 0;
        for (int core : cores) {
            mask |= 1L << core;
        }
        vsctl(
                "--no-wait",
                "set",
                "Open_vSwitch",
                ".",
                "other_config:dpdk-init=true",
                "other_config:pmd-cpu-mask=0x" + Long.toHexString(mask),
                "other_config:dpdk-lcore-mask=0x" + Long.toHexString(mask),
                "other_config:dpdk-socket-mem=512",
                "other_config:dpdk-hugepage-dir=" + huge.mount(),
                "other_config:dpdk-extra=\"--file-prefix=%s --no-pci --no-telemetry\""
                        .formatted(dir.getFileName()));
        program(
                daemon.toString(),
                "unix:" + dir.resolve("db.sock"),
                "--disable-system",
                "--unixctl=" + dir.resolve("vs.ctl"),
                "-vconsole:warn");
        await(dir.resolve("vs.ctl"));
        vsctl(
                "add-br",
                BRIDGE,
                "--",
                "set",
                "bridge",
                BRIDGE,
                "datapath_type=netdev",
                "fail-mode=secure");
        await(dir.resolve(BRIDGE + ".mgmt"));
    }

    private void program(String... command) {
        String name = Path.of(command[0]).getFileName().toString();
        programs.add(Program.start(name, folder.path(), log, List.of(command)));
    }

    private void await(Path socket) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(socket)) {
            Program last = programs.getLast();
            if (System.nanoTime() > deadline || !last.isAlive()) {
                throw new ExperimentException(
                        "Open vSwitch with DPDK does not come up: there is no "
                                + socket.getFileName());
            }
            Pause.millis(20);
        }
    }

    private void vsctl(String... words) {
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of("ovs-vsctl", "--db=unix:" + folder.path().resolve("db.sock"), "-t", "25"));
        command.addAll(List.of(words));
        Program.output(folder.path(), command.toArray(new String[0]));
    }

    /// Adds a port that connects to a VNF's socket.
    ///
    /// @param number its OpenFlow number
    /// @return the DPDK device arguments of the VNF, behind its name
    public String vhostPort(int number) {
        Path socket = folder.path().resolve("v" + number);
        vsctl(
                "add-port",
                BRIDGE,
                "p" + number,
                "--",
                "set",
                "Interface",
                "p" + number,
                "type=dpdkvhostuserclient",
                "options:vhost-server-path=" + socket,
                "ofport_request=" + number);
        return "path=%s,server=1,queues=1,queue_size=1024,mrg_rxbuf=0,in_order=1".formatted(socket);
    }

    /// Runs `ovs-ofctl`.
    ///
    /// @param words sub-command and arguments; the bridge comes second
    public void ofctl(String... words) {
        List<String> command = new ArrayList<>(List.of("ovs-ofctl"));
        command.addAll(List.of(words));
        command.add(2, BRIDGE);
        Program.output(folder.path(), command.toArray(new String[0]));
    }

    /// Runs `ovs-appctl`.
    ///
    /// @param words command and arguments
    /// @return what it answered
    public String appctl(String... words) {
        List<String> command =
                new ArrayList<>(
                        List.of("ovs-appctl", "-t", folder.path().resolve("vs.ctl").toString()));
        command.addAll(List.of(words));
        return Program.output(folder.path(), command.toArray(new String[0]));
    }

    /// The daemon, which polls all the time.
    ///
    /// @return the program
    public Program daemon() {
        return programs.getLast();
    }

    /// All of its programs.
    ///
    /// @return database and daemon
    public List<Program> programs() {
        return List.copyOf(programs);
    }

    @Override
    public void close() {
        programs.reversed().forEach(Program::close);
        folder.close();
    }
}
