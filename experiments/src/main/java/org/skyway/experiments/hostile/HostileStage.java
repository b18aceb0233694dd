package org.skyway.experiments.hostile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;

/// What an attack has to work with: a port, its memory, and chance. One thread.
///
/// @param vnf that has the port
/// @param random of this attack alone, so that it can be done again
/// @param runDirectory of the switch
/// @param port the port's name
/// @param others names of ports that are somebody else's
record HostileStage(
        RawVnf vnf, RandomGenerator random, Path runDirectory, String port, List<String> others) {
    private static final int MAGIC_OFFSET = 0;
    private static final int TAIL_OFFSET = 128;
    private static final int HEAD_OFFSET = 256;
    private static final int DESCRIPTORS_OFFSET = 512;

    /// A ring that the VNF can write anything into.
    ///
    /// @param base its address
    /// @param cells of it
    record RawRing(long base, int cells) {
        long tail() {
            return Memory.getLongAcquire(base + TAIL_OFFSET);
        }

        void tail(long cursor) {
            Memory.putLongRelease(base + TAIL_OFFSET, cursor);
        }

        long head() {
            return Memory.getLongAcquire(base + HEAD_OFFSET);
        }

        void head(long cursor) {
            Memory.putLongRelease(base + HEAD_OFFSET, cursor);
        }

        void descriptor(long cursor, long value) {
            Memory.putLong(base + DESCRIPTORS_OFFSET + 8 * (cursor & cells - 1), value);
        }

        /// One of the four words at its beginning that say what it is.
        void geometry(int word, int value) {
            Memory.putInt(base + MAGIC_OFFSET + 4 * word, value);
        }
    }

    /// The rings of its port and of its links.
    List<RawRing> rings() {
        List<RawRing> all = new ArrayList<>();
        long base = vnf.region().address();
        int cells = vnf.header().cells();
        all.add(new RawRing(base + vnf.header().firstRing(), cells));
        all.add(new RawRing(base + vnf.header().secondRing(), cells));
        for (RawVnf.Link link : vnf.links().values()) {
            long at = link.region().address();
            all.add(new RawRing(at + link.out(), link.header().cells()));
            all.add(new RawRing(at + link.in(), link.header().cells()));
        }
        return all;
    }

    /// Any of them.
    RawRing ring() {
        List<RawRing> all = rings();
        return all.get(random.nextInt(all.size()));
    }

    /// The regions that it has mapped and may write.
    List<Region> regions() {
        List<Region> all = new ArrayList<>(List.of(vnf.region()));
        vnf.links().values().forEach(link -> all.add(link.region()));
        return all;
    }

    /// A word that is likely to hurt: an edge, a neighbour of what is there, or anything.
    ///
    /// @param now what is there
    long word(long now) {
        return switch (random.nextInt(12)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> Long.MIN_VALUE;
            case 3 -> Long.MAX_VALUE;
            case 4 -> 1L << random.nextInt(64);
            case 5 -> now + 1;
            case 6 -> now - 1;
            case 7 -> now + (1L << 32);
            case 8 -> now ^ 1L << random.nextInt(64);
            case 9 -> random.nextInt(70_000);
            case 10 -> now + random.nextInt(-70_000, 70_000);
            default -> random.nextLong();
        };
    }

    /// An epoch of one of its links, as the switch last told it, or one near, or any.
    int epoch() {
        int last = ControlBlock.epoch(vnf.control().command());
        return switch (random.nextInt(5)) {
            case 0 -> last;
            case 1 -> last - 1;
            case 2 -> last + 1;
            case 3 -> random.nextInt(64);
            default -> random.nextInt();
        };
    }

    /// A slot, mostly one that there can be.
    int slot() {
        return random.nextInt(8) == 0 ? random.nextInt(65536) : random.nextInt(16);
    }

    /// The descriptor of a packet, mostly of a length that can't be.
    long packet() {
        int[] lengths = {0, 1, 63, 64, 65, 1514, 2048, 2049, 4096, 65535};
        int length =
                random.nextBoolean()
                        ? lengths[random.nextInt(lengths.length)]
                        : random.nextInt(65536);
        return packet(length);
    }

    /// The descriptor of a packet.
    static long packet(int length) {
        return 1L << 16 | length;
    }

    /// A mark of a kind that there is or is not.
    long mark() {
        int kind = random.nextInt(6) == 0 ? random.nextInt(256) : 1 + random.nextInt(3);
        return (long) epoch() << 32 | (long) kind << 24 | 2L << 16 | slot();
    }

    /// How many cells a packet takes.
    static int cellsOf(int length) {
        return (length + RingLayout.CELL_BYTES - 1) / RingLayout.CELL_BYTES;
    }

    /// Lets time go by.
    void pause(int mostMillis) throws IOException {
        try {
            Thread.sleep(random.nextInt(mostMillis + 1));
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}
