package org.skyway.experiments.bypass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class BypassTest {
    private static final String FORTH = "priority=100,in_port=1,actions=output:2";
    private static final String BACK = "priority=100,in_port=2,actions=output:1";
    private static final String ENDING = "priority=200,in_port=1,udp,tp_dst=7,actions=drop";

    @Test
    void switchingOverLosesAndReordersNothingAndCountsEverything() throws Exception {
        try (SwitchBed bed = new SwitchBed(2);
                Endpoint a = new Endpoint(bed.open("vnf1"));
                Endpoint b = new Endpoint(bed.open("vnf2"))) {
            bed.addFlow(FORTH);
            bed.addFlow(BACK);
            a.receiver = b;
            b.receiver = a;
            a.limit = Long.MAX_VALUE;
            b.limit = Long.MAX_VALUE;
            bed.awaitLinks(2);
            for (int round = 0; round < 30; round++) {
                bed.addFlow(ENDING);
                assertEquals(1, bed.activeLinks());
                long before = bed.packetsOf(FORTH);
                bed.deleteFlow(ENDING);
                assertTrue(bed.packetsOf(FORTH) >= before);
                bed.awaitLinks(2);
            }
            a.limit = 0;
            b.limit = 0;
            Thread.sleep(50); // a burst may be under way
            bed.await(() -> b.received == a.sent && a.received == b.sent, "arrival of all packets");
            assertNull(a.wrong);
            assertNull(b.wrong);
            assertEquals(a.sent, bed.packetsOf(FORTH));
            assertEquals(b.sent, bed.packetsOf(BACK));
            assertEquals(a.sent, bed.counters(1).rxPackets());
            assertEquals(a.sent, bed.counters(2).txPackets());
            assertEquals(64 * a.sent, bed.counters(2).txBytes());
            assertEquals(0, bed.counters(2).txDropped());
        }
    }

    @Test
    void killedReceiverIsReplaced() throws Exception {
        try (SwitchBed bed = new SwitchBed(2);
                Endpoint a = new Endpoint(bed.open("vnf1"))) {
            Endpoint b = new Endpoint(bed.open("vnf2"));
            bed.addFlow(FORTH);
            bed.addFlow(BACK);
            bed.awaitLinks(2);
            a.limit = Long.MAX_VALUE;
            bed.await(() -> b.received > 1000, "traffic");
            b.close();
            bed.awaitLinks(0);
            byte[] hello = new byte[60];
            bed.packetOut(hello, 1);
            bed.await(() -> a.others == 1, "packet-out at the neighbour");
            long sentBefore = a.sent;
            bed.await(() -> a.sent > sentBefore + 1000, "sending on the normal channel");
            try (Endpoint again = new Endpoint(bed.open("vnf2"))) {
                bed.awaitLinks(2);
                bed.await(() -> again.received > 1000, "traffic to the new VNF");
                a.limit = 0;
            }
            bed.awaitLinks(0);
            bed.await(
                    () -> {
                        try {
                            return bed.regionFiles().size() == 1;
                        } catch (java.io.IOException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    "removal of all regions but vnf1's");
        }
    }

    @Test
    void killedSendersLastPacketsArrive() throws Exception {
        try (SwitchBed bed = new SwitchBed(2);
                Endpoint b = new Endpoint(bed.open("vnf2"))) {
            Endpoint a = new Endpoint(bed.open("vnf1"));
            bed.addFlow(FORTH);
            bed.awaitLinks(1);
            a.limit = 100_000;
            bed.await(() -> b.received > 1000, "traffic");
            a.close();
            long sent = a.sent;
            bed.awaitLinks(0);
            bed.await(() -> b.received == sent, "all " + sent + " packets");
            assertNull(b.wrong);
            assertEquals(sent, bed.packetsOf(FORTH));
        }
    }
}
