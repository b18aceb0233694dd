package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.skyway.ivshmem.region.Memory;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.counters.CounterMemory;
import org.skyway.vswitch.tables.FlowEntry;

/// Two poll threads send to the same ports in opposite orders, and neither waits for the other for
/// ever: each packet comes out once.
@Timeout(120)
class CrossedPortsStressTest {
    private static final int PACKETS = 200_000;

    @TempDir Path folder;

    @Test
    void neitherWaitsForEver() throws IOException, InterruptedException {
        CounterMemory memory = CounterMemory.create(folder.resolve("counters"), _ -> {});
        try (KilledBed bed = new KilledBed(memory, 2, null);
                Arena arena = Arena.ofShared()) {
            bed.tables.put(entry(bed, "priority=100,in_port=1,actions=output:4,output:3"));
            bed.tables.put(
                    entry(
                            bed,
                            "priority=100,in_port=2,actions=output:3,dec_ttl,output:5,output:4"));
            bed.attach();
            bed.datapath.start(List.of());
            long[] came = new long[KilledBed.PORTS + 1];
            long[] sent = new long[3];
            long at = frame(arena);
            long[] addresses = {at, at, at, at, at, at, at, at};
            int[] lengths = {60, 60, 60, 60, 60, 60, 60, 60};
            long dropped = 0;
            while (sent[1] < PACKETS || sent[2] < PACKETS || dropped + sum(came) < wanted(sent)) {
                for (int p = 1; p <= 2; p++) {
                    if (sent[p] < PACKETS) {
                        sent[p] += bed.senders[p].offer(addresses, lengths, 0, 8);
                    }
                }
                dropped = 0;
                for (int p = 3; p <= 5; p++) {
                    came[p] += bed.take(p);
                    dropped += bed.ports[p].traffic().sum(Traffic.TX_DROPPED);
                }
                Thread.yield();
            }
            bed.datapath.settle();
            for (int p = 3; p <= 5; p++) {
                assertEquals(came[p], bed.ports[p].traffic().sum(Traffic.TX_PACKETS), "port " + p);
            }
            assertEquals(wanted(sent), dropped + sum(came));
            assertEquals(0, bed.faults.total());
        }
    }

    private static long wanted(long[] sent) {
        return 2 * sent[1] + 3 * sent[2];
    }

    private static long sum(long[] came) {
        return came[3] + came[4] + came[5];
    }

    private static FlowEntry entry(KilledBed bed, String flow) {
        return bed.entry(FlowText.parse(flow));
    }

    private static long frame(Arena arena) {
        long at = arena.allocate(64, 64).address();
        Memory.clear(at, 64);
        Memory.putByte(at, 2);
        Memory.putByte(at + 12, 8);
        Memory.putByte(at + 14, 0x45);
        Memory.putByte(at + 17, 46);
        Memory.putByte(at + 22, 64);
        Memory.putByte(at + 23, 17);
        return at;
    }
}
