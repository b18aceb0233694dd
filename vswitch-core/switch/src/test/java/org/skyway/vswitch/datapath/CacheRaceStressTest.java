package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.tables.FlowEntry;

/// Changes while packets whose outcomes they touch are being found out.
@Timeout(120)
class CacheRaceStressTest {
    private static final long NANOS = Long.getLong("skyway.stress.seconds", 3) * 1_000_000_000L;

    // Each round uses flows that were never seen, so that the poll thread translates all the time.
    @Test
    void onceTheTicketIsSettledNoPacketTakesTheOldWay() throws IOException {
        try (TestBed bed = new TestBed(3)) {
            bed.add(FlowText.parse("ip,nw_src=9.9.9.9,actions=drop"));
            bed.add(FlowText.parse("priority=1,in_port=1,actions=output:2"));
            FlowEntry other =
                    bed.entry(FlowText.parse("priority=9,in_port=1,udp,actions=output:3"));
            bed.datapath.start(List.of());
            long end = System.nanoTime() + NANOS;
            int rounds = 0;
            for (int flow = 0x0b000000; System.nanoTime() - end < 0; rounds++) {
                boolean there = rounds % 2 == 0;
                for (int i = 0; i < 64; i++) {
                    bed.vnf(1).send(FlowCacheTest.udp(flow + i, 7));
                }
                if (there) {
                    bed.tables.put(other);
                } else {
                    bed.tables.remove(other);
                }
                long ticket = bed.datapath.invalidate(bed.tables.publish());
                bed.datapath.await(ticket, 60_000_000_000L);
                bed.tables.reclaim(bed.tables.version());
                for (int i = 0; i < 64; i++) {
                    bed.vnf(1).send(FlowCacheTest.udp(flow + i, 8));
                }
                int came = 0;
                while (came < 128) {
                    for (int port = 2; port <= 3; port++) {
                        for (byte[] frame : bed.vnf(port).receive()) {
                            came++;
                            if (frame[37] == 8) {
                                assertEquals(there ? 3 : 2, port, "round " + rounds);
                            }
                        }
                    }
                }
                flow += 64;
            }
            assertTrue(rounds > 1);
            assertEquals(0, bed.faults.total(), () -> bed.faults.list().toString());
        }
    }
}
