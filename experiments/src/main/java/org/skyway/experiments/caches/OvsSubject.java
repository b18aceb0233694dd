package org.skyway.experiments.caches;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.skyway.experiments.conformance.lab.OfConnection;
import org.skyway.experiments.conformance.lab.Recorder;
import org.skyway.experiments.process.ExperimentException;
import org.skyway.experiments.process.Pause;
import org.skyway.experiments.process.Program;
import org.skyway.experiments.process.RunFolder;
import org.skyway.experiments.process.ThreadClock;
import org.skyway.ivshmem.region.Memory;

/// A private Open vSwitch with DPDK and one PMD thread on core 0, without huge pages. Packets come
/// from a file, again and again and flat out, and go nowhere. Changes come by OpenFlow; a new
/// address is that of a packet-out.
final class OvsSubject implements Subject {
    private static final int OPENFLOW_13 = 4;
    private static final String SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema";
    private static final List<String> DRIVERS = List.of("mempool_ring", "net_pcap", "net_null");
    private static final int STRANGER_SOURCE = 6; // in a frame

    private final RunFolder folder = new RunFolder();
    private final List<Program> programs = new ArrayList<>();
    private final boolean learning;
    private OfConnection connection;
    private List<byte[]> changes; // flow-mods, round and round; or one packet-out
    private int sourceOffset; // of the source address in it
    private int next;
    private ThreadClock clock;

    private OvsSubject(boolean learning) {
        this.learning = learning;
    }

    /// A rule of the experiment.
    ///
    /// @param net first byte of the source address
    /// @param i last two bytes
    static String flow(int net, int i) {
        return "priority=10,udp,nw_src=%d.%d.%d.%d,actions=output:2"
                .formatted(net, net == 10 ? 0 : 16, i >> 8, i & 255);
    }

    /// Starts it.
    ///
    /// @param root where its packages are: / or a folder
    /// @param learning as for [SkywaySubject]
    static OvsSubject start(String root, boolean learning) {
        OvsSubject ovs = new OvsSubject(learning);
        try {
            ovs.start(Path.of(root));
        } catch (RuntimeException | IOException e) {
            ovs.close();
            throw new ExperimentException("Open vSwitch with DPDK did not start: " + e, e);
        }
        return ovs;
    }

    private void start(Path root) throws IOException {
        Path dir = folder.path();
        Path db = dir.resolve("db.sock");
        Path control = dir.resolve("vs.ctl");
        Path libraries = root.resolve("usr/lib/x86_64-linux-gnu");
        StringBuilder extra =
                new StringBuilder("--no-huge --legacy-mem --no-pci --file-prefix=skyway");
        DRIVERS.forEach(
                d -> extra.append(" -d ").append(libraries).append("/librte_" + d + ".so.23"));
        Program.output(dir, "ovsdb-tool", "create", dir.resolve("conf.db").toString(), SCHEMA);
        programs.add(
                Program.start(
                        "ovsdb-server",
                        dir,
                        line -> {},
                        List.of(
                                "ovsdb-server",
                                dir.resolve("conf.db").toString(),
                                "--remote=punix:" + db,
                                "--unixctl=" + dir.resolve("db.ctl"))));
        await(db);
        vsctl(
                "--no-wait",
                "set",
                "Open_vSwitch",
                ".",
                "other_config:dpdk-init=true",
                "other_config:pmd-cpu-mask=0x1",
                "other_config:dpdk-lcore-mask=0x2",
                "other_config:dpdk-alloc-mem=512",
                "other_config:dpdk-extra=\"" + extra + "\"");
        programs.add(
                Program.start(
                        "ovs-vswitchd-dpdk",
                        dir,
                        line -> {},
                        List.of(
                                "env",
                                "LD_LIBRARY_PATH=" + libraries,
                                root.resolve("usr/lib/openvswitch-switch-dpdk/ovs-vswitchd-dpdk")
                                        .toString(),
                                "unix:" + db,
                                "--disable-system",
                                "--unixctl=" + control,
                                "-vconsole:err")));
        await(control);
        vsctl(
                "add-br",
                "br0",
                "--",
                "set",
                "bridge",
                "br0",
                "datapath_type=netdev",
                "fail-mode=secure",
                "protocols=OpenFlow13");
        Path pcap = dir.resolve("flows.pcap");
        writeFrames(pcap);
        addPort(2, "net_null2");
        addPort(3, "net_null3");
        Path socket = dir.resolve("br0.mgmt");
        await(socket);
        connection = new OfConnection("caches", socket, OPENFLOW_13);
        configure(dir);
        addPort(1, "net_pcap1,rx_pcap=" + pcap + ",infinite_rx=1");
        clock = ThreadClock.of(programs.getLast().pid(), "pmd-c");
    }

    private void addPort(int number, String device) {
        vsctl(
                "add-port",
                "br0",
                "p" + number,
                "--",
                "set",
                "Interface",
                "p" + number,
                "type=dpdk",
                "options:dpdk-devargs=\"" + device + "\"",
                "ofport_request=" + number);
    }

    private void vsctl(String... words) {
        List<String> command = new ArrayList<>();
        command.addAll(
                List.of("ovs-vsctl", "--db=unix:" + folder.path().resolve("db.sock"), "-t", "25"));
        command.addAll(List.of(words));
        Program.output(folder.path(), command.toArray(new String[0]));
    }

    private void configure(Path dir) throws IOException {
        try (Recorder recorder = new Recorder(dir)) {
            if (learning) {
                connection.exchange(
                        recorder.record(OPENFLOW_13, "add-flow", "priority=0,actions=NORMAL"));
                for (int i = 0; i < 100; i++) {
                    int flow = i;
                    connection.exchange(packetOut(recorder, 2, at -> CacheFrames.answer(at, flow)));
                }
                changes = packetOut(recorder, 3, at -> CacheFrames.stranger(at, 0));
                byte[] message = changes.getFirst();
                sourceOffset = message.length - CacheFrames.BYTES + STRANGER_SOURCE;
                return;
            }
            List<String> known = new ArrayList<>();
            for (int flow = 0; flow < CacheFrames.FLOWS; flow++) {
                known.add(flow(10, flow));
            }
            connection.exchange(flowMods(recorder, dir, known));
            List<String> others = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                others.add("add " + flow(172, i));
            }
            for (int i = 999; i >= 0; i--) {
                others.add("delete_strict " + flow(172, i).replace(",actions=output:2", ""));
            }
            changes = flowMods(recorder, dir, others);
        }
    }

    private static List<byte[]> flowMods(Recorder recorder, Path dir, List<String> lines)
            throws IOException {
        Path file = Files.write(dir.resolve("flows.txt"), lines);
        return recorder.record(OPENFLOW_13, "add-flows", file.toString());
    }

    private static List<byte[]> packetOut(Recorder recorder, int inPort, LongConsumer frame) {
        String hex = HexFormat.of().formatHex(bytes(frame));
        return recorder.record(
                OPENFLOW_13,
                "packet-out",
                "in_port=" + inPort + " packet=" + hex + " actions=NORMAL");
    }

    private static byte[] bytes(LongConsumer frame) {
        try (Arena arena = Arena.ofConfined()) {
            long at = arena.allocate(CacheFrames.BYTES, 64).address();
            frame.accept(at);
            byte[] bytes = new byte[CacheFrames.BYTES];
            Memory.copyToArray(at, bytes, 0, CacheFrames.BYTES);
            return bytes;
        }
    }

    private void writeFrames(Path pcap) throws IOException {
        int record = 16 + CacheFrames.BYTES;
        ByteBuffer out =
                ByteBuffer.allocate(24 + CacheFrames.FLOWS * record).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0xa1b2c3d4).putShort((short) 2).putShort((short) 4).putInt(0).putInt(0);
        out.putInt(65535).putInt(1);
        for (int i = 0; i < CacheFrames.FLOWS; i++) {
            int flow = i;
            out.putInt(0).putInt(i).putInt(CacheFrames.BYTES).putInt(CacheFrames.BYTES);
            out.put(
                    bytes(at -> {
                        if (learning) {
                            CacheFrames.ethernet(at, flow);
                        } else {
                            CacheFrames.udp(at, flow);
                        }
                    }));
        }
        Files.write(pcap, out.array());
    }

    private static void await(Path socket) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!Files.exists(socket)) {
            if (System.nanoTime() > deadline) {
                throw new ExperimentException(socket + " did not appear within 30 s");
            }
            Pause.millis(10);
        }
    }

    @Override
    public String name() {
        return "Open vSwitch";
    }

    // Ten flow-mods, or one packet-out, every ten milliseconds.
    @Override
    public Reading run(double seconds, boolean disturbed) {
        long cpu = clock.nanos();
        Stats before = Stats.of(this);
        long end = before.nanos + (long) (seconds * 1e9);
        for (long due = before.nanos; System.nanoTime() < end; due += 10_000_000) {
            if (disturbed) {
                connection.exchange(learning ? stranger() : tenFlowMods());
            }
            Pause.millis(Math.max(0, (due + 10_000_000 - System.nanoTime()) / 1_000_000));
        }
        Stats after = Stats.of(this);
        double processing = after.processing - before.processing;
        double busy = processing / (after.idle - before.idle + processing);
        return new Reading(
                after.packets - before.packets,
                after.misses - before.misses,
                (clock.nanos() - cpu) * busy);
    }

    private List<byte[]> tenFlowMods() {
        List<byte[]> ten = changes.subList(next, next + 10);
        next = (next + 10) % changes.size();
        return ten;
    }

    private List<byte[]> stranger() {
        byte[] message = changes.getFirst();
        ByteBuffer.wrap(message).putInt(sourceOffset + 2, next++);
        return List.of(message);
    }

    /// What `pmd-stats-show` says.
    private record Stats(long nanos, long packets, long misses, double idle, double processing) {
        static Stats of(OvsSubject ovs) {
            Path control = ovs.folder.path().resolve("vs.ctl");
            String text =
                    Program.output(
                            ovs.folder.path(),
                            "ovs-appctl",
                            "-t",
                            control.toString(),
                            "dpif-netdev/pmd-stats-show",
                            "-pmd",
                            "0");
            long now = System.nanoTime();
            return new Stats(
                    now,
                    number(text, "packets received"),
                    number(text, "miss with success upcall")
                            + number(text, "miss with failed upcall"),
                    number(text, "idle cycles"),
                    number(text, "processing cycles"));
        }

        private static long number(String text, String name) {
            Matcher m = Pattern.compile(name + ": (\\d+)").matcher(text);
            if (!m.find()) {
                throw new ExperimentException("pmd-stats-show has no \"" + name + "\": " + text);
            }
            return Long.parseLong(m.group(1));
        }
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.close();
        }
        programs.reversed().forEach(Program::close);
        folder.close();
    }
}
