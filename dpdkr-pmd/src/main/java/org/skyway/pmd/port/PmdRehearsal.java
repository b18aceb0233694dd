package org.skyway.pmd.port;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.ControlBlock.Mode;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.ring.Mark;
import org.skyway.bypass.ring.RingConsumer;
import org.skyway.bypass.ring.RingFormatException;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.ivshmem.region.Region;

/// Two ports that nobody else sees send each other packets for a moment, on the normal channel and
/// on a direct link in turn, so that the compiler has seen both ways before it matters. Without it,
/// the first switch-over meets code that was compiled for the normal channel alone and is thrown
/// away; on a machine whose cores are all polling, seconds pass until there is better.
public final class PmdRehearsal implements AutoCloseable {
    private static final int CELLS = 2048;
    private static final int BURST = 32;
    private static final int PACKET_BYTES = 64;
    private static final int ROUNDS_PER_SWITCH_OVER = 50;

    private final Path directory;
    private final Side a;
    private final Side b;
    private final Region packets;
    private final long[] addresses = new long[BURST];
    private final int[] lengths = new int[BURST];
    private final long[] shown = new long[BURST];
    private final int[] shownLengths = new int[BURST];
    private int epoch;

    /// A port, and the switch's ends of its rings.
    private record Side(
            Region region,
            PmdPort port,
            ControlBlock control,
            RingConsumer fromPort,
            RingProducer toPort) {}

    private PmdRehearsal() throws IOException, InterruptedException {
        directory = Files.createTempDirectory("skyway-rehearsal-");
        try {
            a = open("a");
            b = open("b");
            packets = Region.create(directory.resolve("packets"), 4096);
            RegionHeader header = RegionHeader.of(RegionHeader.LINK_MAGIC, 0, CELLS);
            Path link = directory.resolve("link");
            try (Region region = Region.create(link, header.sizeBytes())) {
                header.create(region.address());
            }
            attach(a, link, header.sizeBytes(), true);
            attach(b, link, header.sizeBytes(), false);
        } finally {
            // What is mapped stays, and a process that is killed leaves nothing behind.
            try (var files = Files.list(directory)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(directory);
        }
        for (int i = 0; i < BURST; i++) {
            addresses[i] = packets.address() + (long) PACKET_BYTES * i;
            lengths[i] = PACKET_BYTES;
        }
    }

    /// Rehearses on the calling thread.
    ///
    /// @param nanos how long
    /// @return packets that were received; 0 if `nanos` is 0
    /// @throws IOException if there is no room for temporary files
    /// @throws InterruptedException if interrupted
    public static long run(long nanos) throws IOException, InterruptedException {
        if (nanos <= 0) {
            return 0;
        }
        try (PmdRehearsal rehearsal = new PmdRehearsal()) {
            return rehearsal.exchange(nanos);
        }
    }

    @Override
    public void close() {
        a.port.close();
        b.port.close();
        a.region.close();
        b.region.close();
        packets.close();
    }

    private long exchange(long nanos) {
        long end = System.nanoTime() + nanos;
        long received = 0;
        for (int round = 0; System.nanoTime() - end < 0; round++) {
            if (round % ROUNDS_PER_SWITCH_OVER == 0) {
                Mode mode = epoch % 2 == 0 ? Mode.BYPASS : Mode.NORMAL;
                epoch++;
                a.control.command(ControlBlock.command(mode, 0, epoch));
                b.control.command(ControlBlock.command(mode, 0, epoch));
            }
            received += pass(a, b) + pass(b, a);
        }
        return received;
    }

    private int pass(Side from, Side to) {
        from.port.txHasRoom(BURST);
        from.port.txBurst(addresses, lengths, 0, BURST);
        // The switch's part; marks keep their slot, which is the same at both ends.
        int count = from.fromPort.peek(shown, shownLengths, 0, BURST);
        to.toPort.offer(shown, shownLengths, 0, count);
        from.fromPort.release();
        long mark = from.fromPort.mark();
        if (mark != 0 && to.toPort.mark(Mark.of(kind(mark), Mark.slot(mark), Mark.epoch(mark)))) {
            from.fromPort.takeMark();
        }
        return to.port.rxBurst(shown, shownLengths, 0, BURST);
    }

    private static Mark.Kind kind(long mark) {
        return Mark.is(mark, Mark.Kind.TO_BYPASS) ? Mark.Kind.TO_BYPASS : Mark.Kind.TO_NORMAL;
    }

    private Side open(String name) throws IOException {
        RegionHeader header = RegionHeader.of(RegionHeader.PORT_MAGIC, 0, CELLS);
        Path file = directory.resolve(name);
        Region region = Region.create(file, header.sizeBytes());
        header.create(region.address());
        PmdPort port = PmdPort.open(Region.open(file, header.sizeBytes()), name);
        long base = region.address();
        long size = region.sizeBytes();
        return new Side(
                region,
                port,
                new ControlBlock(base),
                RingConsumer.attach(base + header.firstRing(), size - header.firstRing(), name),
                RingProducer.attach(base + header.secondRing(), size - header.secondRing(), name));
    }

    // Attaching waits for a data thread, which is this one; so another thread attaches.
    private static void attach(Side side, Path link, long sizeBytes, boolean sideA)
            throws IOException, InterruptedException {
        Region region = Region.open(link, sizeBytes);
        Thread control =
                Thread.ofPlatform()
                        .daemon()
                        .name("rehearsal")
                        .start(() -> {
                            try {
                                side.port.attach(0, region, sideA, "rehearsal");
                            } catch (RingFormatException | InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        while (!control.join(Duration.ofNanos(100_000))) {
            side.port.poll();
        }
    }
}
