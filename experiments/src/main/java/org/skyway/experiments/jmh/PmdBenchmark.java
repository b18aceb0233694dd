package org.skyway.experiments.jmh;

import java.io.IOException;
import java.nio.file.Path;
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
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Region;
import org.skyway.pmd.port.PmdPort;

/// What does a forwarding VNF cost per packet, from the ring that it reads to the ring that it
/// writes, on the normal channel and on two direct links? Filling the first ring and emptying the
/// last is included, on the same thread. With `-prof gc` it also shows that a packet allocates
/// nothing.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class PmdBenchmark {
    private static final int BURST = 32;
    private static final int PACKETS = 1024;

    /// Which way packets come and go.
    @Param({"normal", "bypass"})
    public String channel;

    /// Bytes per packet.
    @Param({"64", "1514"})
    public int size;

    private final Rings rings = new Rings();
    private final long[] addresses = new long[BURST];
    private final int[] lengths = new int[BURST];
    private final long[] shown = new long[BURST];
    private final int[] shownLengths = new int[BURST];
    private Region packets;
    private Region inputRegion;
    private Region outputRegion;
    private PmdPort in;
    private PmdPort out;
    private RingProducer input;
    private RingConsumer output;

    /// For JMH.
    public PmdBenchmark() {}

    /// Opens two ports, and two links if asked to.
    ///
    /// @throws Exception if there is no room
    @Setup
    public void open() throws Exception {
        packets = rings.packets(BURST, size, addresses, lengths);
        Path inPort = rings.create("in", RegionHeader.PORT_MAGIC);
        Path outPort = rings.create("out", RegionHeader.PORT_MAGIC);
        in = PmdPort.open(Rings.map(inPort), "in");
        out = PmdPort.open(Rings.map(outPort), "out");
        if (channel.equals("normal")) {
            inputRegion = Rings.map(inPort);
            outputRegion = Rings.map(outPort);
            input = producer(inputRegion, false);
            output = consumer(outputRegion, true);
        } else {
            // The port of the VNF is side B of the link that it reads, side A of the other.
            Path before = rings.create("before", RegionHeader.LINK_MAGIC);
            Path after = rings.create("after", RegionHeader.LINK_MAGIC);
            attach(in, before, false);
            attach(out, after, true);
            inputRegion = Rings.map(before);
            outputRegion = Rings.map(after);
            input = producer(inputRegion, true);
            output = consumer(outputRegion, true);
            try (Region region = Rings.map(inPort)) {
                producer(region, false).mark(Mark.of(Mark.Kind.TO_BYPASS, 0, 1));
            }
            try (Region region = Rings.map(outPort)) {
                new ControlBlock(region.address())
                        .command(ControlBlock.command(ControlBlock.Mode.BYPASS, 0, 1));
            }
        }
    }

    /// Unmaps everything.
    @TearDown
    public void close() {
        in.close();
        out.close();
        inputRegion.close();
        outputRegion.close();
        packets.close();
        rings.close();
    }

    /// Forwards packets in bursts of 32.
    ///
    /// @return packets that came out
    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public int forward() {
        int moved = 0;
        for (int i = 0; i < PACKETS; i += BURST) {
            input.offer(addresses, lengths, 0, BURST);
            final int received = in.rxBurst(shown, shownLengths, 0, BURST);
            out.txBurst(shown, shownLengths, 0, received);
            moved += output.peek(shown, shownLengths, 0, BURST);
            output.release();
        }
        if (moved == 0) {
            throw new IllegalStateException("nothing comes through");
        }
        return moved;
    }

    private static RingProducer producer(Region region, boolean first) throws IOException {
        long offset = offset(region, first);
        return RingProducer.attach(
                region.address() + offset, region.sizeBytes() - offset, "benchmark/in");
    }

    private static RingConsumer consumer(Region region, boolean first) throws IOException {
        long offset = offset(region, first);
        return RingConsumer.attach(
                region.address() + offset, region.sizeBytes() - offset, "benchmark/out");
    }

    private static long offset(Region region, boolean first) {
        RegionHeader header =
                RegionHeader.of(RegionHeader.LINK_MAGIC, 1, RegionHeader.DEFAULT_LINK_CELLS);
        return first ? header.firstRing() : header.secondRing();
    }

    // The data thread has to poll while the control thread attaches.
    private static void attach(PmdPort port, Path link, boolean sideA) throws InterruptedException {
        Thread control =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                port.attach(0, Rings.map(link), sideA, "benchmark");
                            } catch (IOException | InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        while (control.isAlive()) {
            port.poll();
            Thread.yield();
        }
    }
}
