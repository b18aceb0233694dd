package org.skyway.experiments.jmh;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Group;
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

/// What does a packet cost that is copied into a ring and read in place? On one thread that is the
/// work alone, on two it is the way between the cores as well.
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class RingBenchmark {
    private static final int PACKETS = 1024;
    private static final int MAX_BURST = 256;

    /// For JMH.
    public RingBenchmark() {}

    /// One ring.
    @State(Scope.Group)
    public static class Ring {
        /// Packets per burst.
        @Param({"1", "32"})
        public int burst;

        /// Bytes per packet.
        @Param({"64", "512", "1514"})
        public int size;

        private final Rings rings = new Rings();
        private final long[] addresses = new long[MAX_BURST];
        private final int[] lengths = new int[MAX_BURST];
        private final long[] shown = new long[MAX_BURST];
        private final int[] shownLengths = new int[MAX_BURST];
        private Region packets;
        private Region region;
        private RingProducer producer;
        private RingConsumer consumer;

        /// For JMH.
        public Ring() {}

        /// Maps it.
        ///
        /// @throws IOException if there is no room
        @Setup
        public void open() throws IOException {
            packets = rings.packets(MAX_BURST, size, addresses, lengths);
            region = Rings.map(rings.create("ring", RegionHeader.LINK_MAGIC));
            long ring = region.address() + RegionHeader.FIRST_RING_OFFSET;
            long room = region.sizeBytes() - RegionHeader.FIRST_RING_OFFSET;
            producer = RingProducer.attach(ring, room, "benchmark");
            consumer = RingConsumer.attach(ring, room, "benchmark");
        }

        /// Unmaps it.
        @TearDown
        public void close() {
            region.close();
            packets.close();
            rings.close();
        }

        private int offer() {
            return producer.offer(addresses, lengths, 0, burst);
        }

        // Reads a word of each packet, so that the line really comes over.
        private int take(Packets counter) {
            final int count = consumer.peek(shown, shownLengths, 0, burst);
            long sum = 0;
            for (int i = 0; i < count; i++) {
                sum += Memory.getLong(shown[i]);
            }
            counter.sum += sum;
            consumer.release();
            return count;
        }
    }

    /// Packets that came out.
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.OPERATIONS)
    public static class Packets {
        /// Packets so far.
        public long packets;

        private long sum;

        /// For JMH.
        public Packets() {}
    }

    /// In and out on one thread.
    ///
    /// @param ring the ring
    /// @param counter keeps what was read alive
    /// @return what was read
    @Benchmark
    @Group("oneThread")
    @OperationsPerInvocation(PACKETS)
    public long inAndOut(Ring ring, Packets counter) {
        for (int i = 0; i < PACKETS; i += ring.burst) {
            ring.offer();
            counter.packets += ring.take(counter);
        }
        return counter.sum;
    }

    /// In, on one of two threads.
    ///
    /// @param ring the ring
    @Benchmark
    @Group("twoThreads")
    public void in(Ring ring) {
        if (ring.offer() == 0) {
            Thread.yield();
        }
    }

    /// Out, on the other; see the counter `packets`.
    ///
    /// @param ring the ring
    /// @param counter counts
    /// @return what was read
    @Benchmark
    @Group("twoThreads")
    public long out(Ring ring, Packets counter) {
        final int count = ring.take(counter);
        counter.packets += count;
        if (count == 0) {
            Thread.yield();
        }
        return counter.sum;
    }
}
