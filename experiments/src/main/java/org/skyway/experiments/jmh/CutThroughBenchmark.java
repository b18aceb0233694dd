package org.skyway.experiments.jmh;

import java.io.IOException;
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
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.sys.Descriptor;
import org.skyway.memif.MemifClient;
import org.skyway.memif.MemifConnection;
import org.skyway.memif.MemifException;
import org.skyway.memif.MemifServer;
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
import org.skyway.vswitch.port.MemifPort;
import org.skyway.vswitch.port.StockPort;
import org.skyway.vswitch.tables.FlowCounters;
import org.skyway.vswitch.tables.FlowEntry;
import org.skyway.vswitch.tables.Tables;

/// What one packet costs the switch's one poll thread from a memif client's own buffer into
/// another's: on a link (`in_port`) and by the table (`udp`). The sender gives the same buffers
/// again and again; the receiver's end is moved by the same thread, and its cost is part of the
/// figure.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class CutThroughBenchmark {
    private static final int BURST = 32;
    private static final int LOG2 = 10;
    private static final int HEAD = 6; // offset of the cursor in the ring that the client sends by

    /// What the rule looks at.
    @Param({"in_port", "udp"})
    public String rule;

    /// Length of a packet in bytes.
    @Param({"64", "256", "1518"})
    public int size;

    private Datapath datapath;
    private final MemifServer[] servers = new MemifServer[2];
    private final MemifClient[] clients = new MemifClient[2];
    private int head;
    private final long[] seen = new long[BURST];
    private final int[] lengths = new int[BURST];

    /// For JMH.
    public CutThroughBenchmark() {}

    /// Builds two ports and their rule.
    ///
    /// @throws IOException if there is no memory
    /// @throws MemifException if the two sides disagree
    @Setup
    public void setUp() throws IOException, MemifException {
        Tables tables = new Tables();
        datapath = new Datapath(1, tables, new NoUpcalls(), new Faults());
        for (int i = 0; i < 2; i++) {
            connect(i);
            int number = i + 1;
            MemifPort port = new MemifPort(number, 1, CounterMemory.ofProcess());
            port.attach(connection(i), new StockPort.Peer("benchmark", 0, ""));
            tables.port(PortState.of(number, "p" + number, number));
            datapath.addPort(port);
        }
        Match.Builder match = Match.builder().exact(Field.IN_PORT, 1);
        if (rule.equals("udp")) {
            match.exact(Field.ETH_TYPE, 0x0800)
                    .exact(Field.IP_PROTO, 17)
                    .exact(Field.UDP_DST, 2000);
        }
        Instructions out = Instructions.apply(new Action.Output(2, 0));
        tables.put(
                new FlowEntry(new FlowRule(0, 9, match.build(), out), 0, 0, new FlowCounters(1)));
        tables.publish();
        datapath.tablesChanged();
        // Fills every buffer of the sender's once.
        long frame = clients[1].memory().address() + (1 << 21);
        frame(frame);
        for (int i = 0; i < 1 << LOG2; i++) {
            client(0).sender().offer(new long[] {frame}, new int[] {size}, 0, 1);
            head++;
            if (i % BURST == BURST - 1) {
                move();
            }
        }
    }

    private static final class NoUpcalls implements UpcallSink {
        @Override
        public void packetIn(long packet, int length, DatapathAction.ToController action) {
            throw new IllegalStateException("no rule sends anything there");
        }

        @Override
        public void learned(DatapathAction.Learned learned) {
            throw new IllegalStateException("no rule learns");
        }
    }

    private void connect(int i) throws IOException, MemifException {
        servers[i] = new MemifServer((id, secret, who) -> "p", RegionHeader.MAX_FRAME);
        clients[i] =
                new MemifClient(
                        new MemifClient.Settings(0, new byte[0], "c", LOG2, 2048),
                        RegionHeader.MAX_FRAME);
        MemifClient.Said said = clients[i].answer(servers[i].hello(), List.of());
        while (said != null) {
            List<Descriptor> attached =
                    said.attached() == null ? List.of() : List.of(said.attached().copy());
            said = clients[i].answer(servers[i].answer(said.message(), attached), List.of());
        }
    }

    private MemifConnection connection(int i) {
        return servers[i].connection();
    }

    private MemifConnection client(int i) {
        return clients[i].connection();
    }

    private void frame(long at) {
        Memory.putLongBE(at, 0x0200000000020200L);
        Memory.putLongBE(at + 8, 0x0000000108004500L);
        Memory.putShortBE(at + 16, size - 14);
        Memory.putLongBE(at + 18, 0x0000000040110000L);
        Memory.putIntBE(at + 26, 0x0a000001);
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
        head += BURST;
        Memory.putShortRelease(clients[0].memory().address() + HEAD, head);
        return move();
    }

    private int move() {
        datapath.pollOnce();
        int n = client(1).receiver().peek(seen, lengths, BURST);
        client(1).receiver().release();
        if (n != BURST) {
            throw new IllegalStateException(n + " of " + BURST + " packets came through");
        }
        return n;
    }

    /// Unmaps the memory.
    @TearDown
    public void tearDown() {
        datapath.close();
        for (int i = 0; i < 2; i++) {
            connection(i).close();
            client(i).close();
        }
    }
}
