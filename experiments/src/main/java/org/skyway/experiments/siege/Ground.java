package org.skyway.experiments.siege;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import org.skyway.bypass.ring.RingProducer;
import org.skyway.experiments.bed.Controller;
import org.skyway.experiments.bed.SwitchProcess;
import org.skyway.experiments.hostile.RawVnf;
import org.skyway.ivshmem.region.Memory;
import org.skyway.openflow.message.GroupMod;
import org.skyway.openflow.message.Meter;
import org.skyway.openflow.message.MeterMod;
import org.skyway.openflow.model.GroupEntry;

/// What an assault has to work with. Ports 3 and 4 are its own, as are groups, meters, all tables
/// but the first, and in that all entries with an in-port of 3, 4 or [#NOBODY]. One thread.
///
/// @param vswitch the switch
/// @param controller of the assault
/// @param vnf at port 3, whose packets go where the assault's rules say
/// @param random of this assault alone
/// @param scale 1 for what is meant, less for less
record Ground(
        SwitchProcess vswitch,
        Controller controller,
        RawVnf vnf,
        RandomGenerator random,
        double scale) {
    /// A port that is not there.
    static final int NOBODY = 99;

    private static final int BURST = 32;

    /// Some of so many, but at least one.
    int some(int all) {
        return Math.max(1, (int) (all * scale));
    }

    /// Lets the VNF send for a while, as fast as the switch takes it.
    ///
    /// @param seconds how long, at full scale
    /// @param length of each frame in bytes, 60 to 2048
    /// @param fill makes a frame at an address
    /// @return how many were sent
    long flood(double seconds, int length, LongConsumer fill) throws IOException {
        long end = System.nanoTime() + (long) (1e9 * Math.max(0.2, seconds * scale));
        long sent = 0;
        try (Arena arena = Arena.ofConfined()) {
            long frames = arena.allocate(BURST * 2048L, 64).address();
            long[] addresses = new long[BURST];
            int[] lengths = new int[BURST];
            for (int i = 0; i < BURST; i++) {
                addresses[i] = frames + 2048L * i;
                lengths[i] = length;
            }
            RingProducer ring = vnf.toSwitch();
            while (System.nanoTime() - end < 0) {
                for (long address : addresses) {
                    fill.accept(address);
                }
                for (int at = 0; at < BURST && System.nanoTime() - end < 0; ) {
                    int taken = ring.offer(addresses, lengths, at, BURST - at);
                    at += taken;
                    sent += taken;
                    if (taken == 0) {
                        Thread.yield();
                    }
                }
            }
        }
        return sent;
    }

    /// Lets the VNF send a few packets.
    void send(int packets) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            long frame = arena.allocate(64, 64).address();
            udp(frame, 0x0a00_0001, 1);
            RingProducer ring = vnf.toSwitch();
            for (int i = 0; i < packets; i++) {
                ring.offer(new long[] {frame}, new int[] {64}, 0, 1);
            }
        }
    }

    /// A UDP packet.
    static void udp(long at, int source, int sourcePort) {
        Memory.clear(at, 64);
        Memory.putLongBE(at, 0x0200_0000_0004_0200L);
        Memory.putLongBE(at + 8, 0x0000_0003_0800_4500L);
        Memory.putShortBE(at + 16, 50);
        Memory.putIntBE(at + 22, 0x4011_0000);
        Memory.putIntBE(at + 26, source);
        Memory.putIntBE(at + 30, 0x0a80_0001);
        Memory.putIntBE(at + 34, sourcePort << 16 | 2000);
        Memory.putIntBE(at + 38, 30 << 16);
    }

    /// Deletes all that is the assault's.
    void clear() {
        for (int port : new int[] {3, 4, NOBODY}) {
            controller.deleteAll("in_port=" + port);
        }
        controller.deleteTables(1, 254);
        controller.send(
                new GroupMod(
                        GroupMod.DELETE,
                        GroupMod.ALL,
                        0,
                        GroupMod.BUCKET_ALL,
                        new GroupEntry(
                                GroupMod.ALL, GroupEntry.Type.ALL, List.of(), "", 0, List.of())));
        controller.send(new MeterMod(2, new Meter(Meter.ALL, 0, List.of())));
        controller.barrier();
    }
}
