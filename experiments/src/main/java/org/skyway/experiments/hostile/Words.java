package org.skyway.experiments.hostile;

import java.io.IOException;
import org.skyway.bypass.channel.ControlBlock;
import org.skyway.bypass.channel.RegionHeader;
import org.skyway.bypass.channel.StatisticsBlock;
import org.skyway.bypass.ring.RingLayout;
import org.skyway.ivshmem.region.Memory;
import org.skyway.ivshmem.region.Region;

/// Attacks that write words into memory that is the VNF's own, while the switch and a neighbour
/// read it.
final class Words {
    private static final int ROUNDS = 40;

    private Words() {}

    static void any(HostileStage s) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            for (Region region : s.regions()) {
                for (int i = 0; i < 64; i++) {
                    long at = region.address() + 8L * s.random().nextLong(region.sizeBytes() / 8);
                    Memory.putLongRelease(at, s.word(Memory.getLongAcquire(at)));
                }
            }
            s.pause(5);
        }
    }

    static void blocks(HostileStage s) throws IOException {
        long from = s.vnf().region().address() + RegionHeader.CONTROL_OFFSET;
        int words = (RegionHeader.FIRST_RING_OFFSET - RegionHeader.CONTROL_OFFSET) / 8;
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < 16; i++) {
                long at = from + 8L * s.random().nextInt(words);
                Memory.putLongRelease(at, s.word(Memory.getLongAcquire(at)));
            }
            s.pause(5);
        }
    }

    static void cursors(HostileStage s) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            HostileStage.RawRing ring = s.ring();
            if (s.random().nextBoolean()) {
                ring.tail(s.word(ring.tail()));
            } else {
                ring.head(s.word(ring.head()));
            }
            s.pause(10);
        }
    }

    // What lies in the ring since the last time round is sound; some of it comes again.
    static void again(HostileStage s) throws IOException {
        for (int round = 0; round < ROUNDS / 4; round++) {
            HostileStage.RawRing ring = s.ring();
            ring.tail(ring.tail() + s.random().nextInt(200));
            s.pause(10);
            ring.head(ring.head() - s.random().nextInt(200));
        }
    }

    static void descriptors(HostileStage s) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            HostileStage.RawRing ring = s.ring();
            long tail = ring.tail();
            int some = s.random().nextInt(1, 20);
            for (int i = 0; i < some; i++) {
                ring.descriptor(
                        tail + i,
                        switch (s.random().nextInt(4)) {
                            case 0 -> s.random().nextLong();
                            case 1 -> (long) s.random().nextInt(256) << 16 | 64;
                            case 2 -> s.mark();
                            default -> s.packet();
                        });
            }
            ring.tail(tail + some);
            s.pause(10);
        }
    }

    // As many cells as the length says, so that nothing else is wrong with them.
    static void longPackets(HostileStage s) throws IOException {
        int[] lengths = {2047, 2048, 2049, 2112, 2368, 2369, 4096, 9000, 32_768, 65_535};
        for (int round = 0; round < ROUNDS && s.vnf().isConnected(); round++) {
            HostileStage.RawRing ring = s.ring();
            long tail = ring.tail();
            int length = lengths[s.random().nextInt(lengths.length)];
            ring.descriptor(tail, HostileStage.packet(length));
            ring.tail(tail + HostileStage.cellsOf(length));
            s.pause(10);
        }
    }

    static void marks(HostileStage s) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            HostileStage.RawRing ring = s.ring();
            long tail = ring.tail();
            ring.descriptor(tail, s.mark());
            ring.tail(tail + 1);
            s.pause(10);
        }
    }

    static void geometry(HostileStage s) throws IOException {
        int[] chosen = {
            0, 64, 512, 1 << 20, 1 << 30, -1, 65535, 2048, RingLayout.MAGIC, RingLayout.VERSION
        };
        for (int round = 0; round < ROUNDS; round++) {
            s.ring()
                    .geometry(
                            s.random().nextInt(4),
                            s.random().nextBoolean()
                                    ? chosen[s.random().nextInt(chosen.length)]
                                    : s.random().nextInt());
            s.pause(10);
        }
    }

    static void headers(HostileStage s) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            for (Region region : s.regions()) {
                long at = region.address() + 8L * s.random().nextInt(6);
                Memory.putLongRelease(at, s.word(Memory.getLongAcquire(at)));
            }
            s.pause(10);
        }
    }

    static void statistics(HostileStage s) throws IOException {
        StatisticsBlock block = s.vnf().statistics();
        for (int round = 0; round < ROUNDS; round++) {
            block.tx(s.word(block.txPackets()), s.word(block.txBytes()));
            int slot = s.random().nextInt(ControlBlock.SLOTS);
            block.rx(slot, s.word(block.rxPackets(slot)), s.word(block.rxBytes(slot)));
            block.txRefused(s.word(0));
            s.pause(10);
        }
    }

    static void obedience(HostileStage s) throws IOException {
        ControlBlock control = s.vnf().control();
        for (int round = 0; round < ROUNDS; round++) {
            int slot = s.random().nextInt(ControlBlock.SLOTS);
            switch (s.random().nextInt(6)) {
                case 0 -> control.obeyed(control.command());
                case 1 -> control.obeyed(s.word(control.command()));
                case 2 -> control.rxObeyed(s.word(control.rxCommand()));
                case 3 -> control.ended(slot, s.epoch());
                case 4 -> control.command(s.word(control.command())); // the switch's own word
                default -> control.limit(slot, s.epoch(), s.word(0), s.word(control.rxCommand()));
            }
            s.pause(10);
        }
    }

    // Who shows that it lives is not counted as silent, and rests no more.
    static void alive(HostileStage s) throws IOException {
        for (int round = 0; round < 4 * ROUNDS; round++) {
            s.vnf().control().alive(s.random().nextLong());
            s.pause(10);
        }
    }
}
