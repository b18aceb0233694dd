package org.skyway.experiments.jmh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.PortState;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.datapath.Datapath;
import org.skyway.vswitch.datapath.UpcallSink;
import org.skyway.vswitch.fault.Faults;
import org.skyway.vswitch.pipeline.DatapathAction;
import org.skyway.vswitch.port.DpdkrPort;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.Tables;

/// What one packet costs the switch's one poll thread on the normal path: from a VNF's ring to
/// another's. The VNFs' ends are moved by the same thread, in bursts of 32, and their cost is part
/// of the figure.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class NormalPathBenchmark {
    private static final int BURST = 32;

    /// What the rule looks at; or a rule for `each` source address.
    @Param({"in_port", "5-tuple", "each"})
    public String rule;

    /// How many flows the packets belong to.
    @Param({"1", "1000", "100000"})
    public int flows;

    /// Length of a packet in bytes.
    @Param({"64"})
    public int size;

    /// Further ports, from which nothing comes.
    @Param({"0"})
    public int emptyPorts;

    /// Where is counted: a `file` is what a switch with a state directory has, `process` one
    /// without.
    @Param({"file"})
    public String counters;

    private final List<Region> empty = new ArrayList<>();
    private CounterMemory memory;
    private Datapath datapath;
    private Region a;
    private Region b;
    private Region packets;
    private RingProducer tx;
    private RingConsumer rx;
    private final long[] source = new long[BURST];
    private final int[] lengths = new int[BURST];
    private final long[] target = new long[BURST];
    private final int[] received = new int[BURST];
    private int next;

    /// For JMH.
    public NormalPathBenchmark() {}

    /// Builds two ports and their rules.
    ///
    /// @throws IOException if there is no room for the regions
    @Setup
    public void setUp() throws IOException {
        Tables tables = new Tables();
        memory = "file".equals(counters) ? file() : CounterMemory.ofProcess();
        datapath =
                new Datapath(
                        1,
                        tables,
                        new UpcallSink() {
                            @Override
                            public void packetIn(
                                    long packet, int length, DatapathAction.ToController action) {
                                throw new IllegalStateException("no rule sends anything there");
                            }

                            @Override
                            public void learned(DatapathAction.Learned learned) {
                                throw new IllegalStateException("no rule learns");
                            }
                        },
                        new Faults(),
                        memory);
        a = port(tables, 1);
        b = port(tables, 2);
        for (int i = 0; i < emptyPorts; i++) {
            empty.add(port(tables, 3 + i));
        }
        RegionHeader header = header();
        tx = RingProducer.attach(a.address() + header.firstRing(), room(header), "tx");
        rx = RingConsumer.attach(b.address() + header.secondRing(), room(header), "rx");
        if (rule.equals("each")) {
            for (int flow = 0; flow < flows; flow++) {
                put(tables, udp().exact(Field.IPV4_SRC, 0x0a000000 | flow));
            }
        } else if (rule.equals("in_port")) {
            put(tables, Match.builder().exact(Field.IN_PORT, 1));
        } else {
            put(
                    tables,
                    udp().masked(Field.IPV4_SRC, 0x0a000000, 0xff000000L)
                            .exact(Field.IPV4_DST, 0x0a000002)
                            .exact(Field.UDP_DST, 2000));
        }
        tables.publish();
        datapath.tablesChanged();
        packets = region("packets", 1 << 26);
        for (int i = 0; i < 1 << 17; i++) {
            frame(packets.address() + i * 128L, i % flows);
        }
    }

    private static CounterMemory file() throws IOException {
        Path path = Path.of("/dev/shm/skyway-jmh-" + ProcessHandle.current().pid() + "-counters");
        try {
            return CounterMemory.create(path, _ -> {});
        } finally {
            Files.deleteIfExists(path);
        }
    }

    private static Match.Builder udp() {
        return Match.builder()
                .exact(Field.IN_PORT, 1)
                .exact(Field.ETH_TYPE, 0x0800)
                .exact(Field.IP_PROTO, 17);
    }

    private void put(Tables tables, Match.Builder match) {
        var out = Instructions.apply(new Action.Output(2, 0));
        var rule = new FlowRule(0, 9, match.build(), out);
        tables.put(new FlowEntry(rule, 0, 0, new FlowCounters(memory, 1)));
    }

    private Region port(Tables tables, int number) throws IOException {
        RegionHeader header = header();
        Region region = region("port" + number, header.sizeBytes());
        header.create(region.address());
        DpdkrPort port = new DpdkrPort(number, 1, memory);
        port.rings(
                new DpdkrPort.Rings(
                        RingConsumer.attach(
                                region.address() + header.firstRing(), room(header), "from"),
                        RingProducer.attach(
                                region.address() + header.secondRing(), room(header), "to"),
                        region,
                        number));
        tables.port(PortState.of(number, "p" + number, number));
        datapath.addPort(port);
        return region;
    }

    private static RegionHeader header() {
        return RegionHeader.of(RegionHeader.PORT_MAGIC, 1, 4096);
    }

    private static long room(RegionHeader header) {
        return header.sizeBytes() - header.secondRing();
    }

    private static Region region(String name, long size) throws IOException {
        Region region =
                Region.create(
                        Path.of(
                                "/dev/shm/skyway-jmh-"
                                        + ProcessHandle.current().pid()
                                        + "-"
                                        + name),
                        size);
        region.unlink();
        return region;
    }

    private void frame(long at, int flow) {
        Memory.putLongBE(at, 0x0200000000020200L);
        Memory.putLongBE(at + 8, 0x0000000108004500L);
        Memory.putShortBE(at + 16, size - 14);
        Memory.putIntBE(at + 18, 0);
        Memory.putIntBE(at + 22, 0x40110000);
        Memory.putIntBE(at + 26, 0x0a000000 | flow);
        Memory.putIntBE(at + 30, 0x0a000002);
        Memory.putIntBE(at + 34, 1000 << 16 | 2000);
        Memory.putIntBE(at + 38, (size - 34) << 16);
    }

    /// One burst in, through the switch, and out.
    ///
    /// @return packets that came out
    @Benchmark
    @OperationsPerInvocation(BURST)
    public int burst() {
        for (int i = 0; i < BURST; i++) {
            source[i] = packets.address() + (next++ & (1 << 17) - 1) * 128L;
            lengths[i] = size;
        }
        tx.offer(source, lengths, 0, BURST);
        datapath.pollOnce();
        int n = rx.peek(target, received, 0, BURST);
        rx.release();
        if (n != BURST) {
            throw new IllegalStateException(n + " of " + BURST + " packets came through");
        }
        return n;
    }

    /// Unmaps the regions.
    @TearDown
    public void tearDown() {
        datapath.close();
        a.close();
        b.close();
        empty.forEach(Region::close);
        packets.close();
    }
}
