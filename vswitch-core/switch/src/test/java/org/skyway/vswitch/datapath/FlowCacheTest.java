package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.packet.FrameParser;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.pipeline.Dependencies;
import org.skyway.vswitch.pipeline.Translation;
import org.skyway.vswitch.tables.FlowEntry;

class FlowCacheTest {
    private static final long SECOND = 1_000_000_000L;

    static byte[] udp(int source, int port) {
        byte[] frame =
                HexFormat.of()
                        .parseHex(
                                "0200000000020200000000010800"
                                        + "4500002000000000401100000a0000010a000002"
                                        + "03e807d0000c000061626364");
        frame[26] = (byte) (source >>> 24);
        frame[27] = (byte) (source >>> 16);
        frame[28] = (byte) (source >>> 8);
        frame[29] = (byte) source;
        frame[36] = (byte) (port >>> 8);
        frame[37] = (byte) port;
        return Arrays.copyOf(frame, 60);
    }

    private static CacheStatistics statistics(TestBed bed) {
        return bed.datapath.cacheStatistics().getFirst();
    }

    private static void sendFrom(TestBed bed, int first, int count) {
        for (int i = first; i < first + count; i++) {
            bed.vnf(1).send(udp(i, 2000));
            if (i % 500 == 499) {
                bed.poll();
                bed.vnf(2).receive();
            }
        }
        bed.poll();
        bed.vnf(2).receive();
    }

    // Passes a tenth of a second apart.
    private static void idle(TestBed bed, int seconds) {
        long now = System.nanoTime();
        for (int i = 0; i <= 100 * seconds; i++) {
            bed.datapath.pollOnce(now + i * SECOND / 100);
        }
    }

    @Test
    void idleMegaflowsAreForgottenAndUsedOnesStay() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(FlowText.parse("ip,nw_src=1.2.3.4,actions=drop"));
            bed.add(FlowText.parse("priority=1,actions=output:2"));
            sendFrom(bed, 0x0b000000, 3000);
            assertEquals(3000, statistics(bed).megaflows());
            assertEquals(3000, statistics(bed).misses());
            long now = System.nanoTime();
            for (int i = 0; i < 2000; i++) {
                bed.vnf(1).send(udp(0x0b000001, 2000));
                bed.datapath.pollOnce(now + i * SECOND / 100);
                bed.vnf(2).receive();
            }
            assertEquals(1, statistics(bed).megaflows());
            assertEquals(2999, statistics(bed).idle());
            assertEquals(3000, statistics(bed).misses());
            idle(bed, 40);
            assertEquals(0, statistics(bed).megaflows());
            assertEquals(0, bed.datapath.macIndex().size());
            assertEquals(0, bed.datapath.cache(0).cachedKeys());
        }
    }

    @Test
    void moreFlowsThanTheBoundEvictAFewAndNotAll() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(FlowText.parse("ip,nw_src=1.2.3.4,actions=drop"));
            FlowEntry all = bed.add(FlowText.parse("priority=1,actions=output:2"));
            int flows = FlowCache.MAX_MEGAFLOWS + 5000;
            sendFrom(bed, 0x0b000000, flows);
            assertEquals(FlowCache.MAX_MEGAFLOWS, statistics(bed).megaflows());
            assertEquals(5000, statistics(bed).evicted());
            assertEquals(flows, all.counters().packets());
            long misses = statistics(bed).misses();
            sendFrom(bed, 0x0b000000 + flows - 1000, 1000);
            assertTrue(statistics(bed).misses() - misses < 300, statistics(bed)::toString);
        }
    }

    @Test
    void registersOfPacketsThatAreReadAnewStayTheirs() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(
                    FlowText.parse(
                            "mpls,actions=load:1->NXM_NX_REG6[],pop_mpls:0x0800,resubmit(,1)"));
            bed.add(FlowText.parse("ip,actions=resubmit(,1)"));
            bed.add(FlowText.parse("table=1,reg6=0,ip,actions=output:2"));
            byte[] frame = udp(0x0b000001, 2000);
            byte[] labelled = labelled(frame);
            for (int i = 0; i < 3; i++) {
                bed.vnf(1).send(labelled);
                bed.poll();
                assertEquals(0, bed.vnf(2).receive().size(), "it has its register");
                bed.vnf(1).send(udp(0x0b000002 + i, 2000));
                bed.poll();
                assertEquals(1, bed.vnf(2).receive().size(), "a packet arrives without any");
            }
        }
    }

    @Test
    void whatAnotherPacketLearnedInItsPlaceIsLearnedAnew() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(
                    FlowText.parse(
                            "actions=learn(table=10,priority=7,NXM_OF_ETH_DST[]=NXM_OF_ETH_SRC[],output:NXM_OF_IN_PORT[])"));
            bed.publish();
            Translation translation =
                    new Translation(bed.tables, FrameParser.parse(udp(0x0b000001, 2000), 1), 0);
            translation.run();
            Dependencies on = translation.dependencies();
            String place = "table=10,priority=7,dl_dst=02:00:00:00:00:01";
            assertTrue(on.touchedBy(FlowText.parse(place + ",actions=output:2")));
            assertEquals(Match.ANY, on.keyIn(10));
            assertFalse(on.touchedBy(FlowText.parse(place.replace("=7", "=8") + ",actions=drop")));
            assertNull(on.keyIn(11));
        }
    }

    private static byte[] labelled(byte[] frame) {
        byte[] labelled = new byte[frame.length + 4];
        System.arraycopy(frame, 0, labelled, 0, 14);
        labelled[12] = (byte) 0x88;
        labelled[13] = 0x47;
        System.arraycopy(new byte[] {0, 1, 1, 64}, 0, labelled, 14, 4);
        System.arraycopy(frame, 14, labelled, 18, frame.length - 14);
        return labelled;
    }

    @Test
    void packetsThatAreReadAnewCountAgainstTheSameBound() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(FlowText.parse("mpls,actions=pop_mpls:0x0800,resubmit(,1)"));
            bed.add(FlowText.parse("table=1,ip,nw_src=1.2.3.4,actions=drop"));
            bed.add(FlowText.parse("table=1,priority=1,actions=output:2"));
            int flows = FlowCache.MAX_MEGAFLOWS + 1000;
            for (int i = 0; i < flows; i++) {
                byte[] labelled = labelled(udp(0x0b000000 + i, 2000));
                bed.vnf(1).send(labelled);
                if (i % 500 == 499) {
                    bed.poll();
                    bed.vnf(2).receive();
                }
            }
            bed.poll();
            CacheStatistics s = statistics(bed);
            assertTrue(s.megaflows() <= FlowCache.MAX_MEGAFLOWS, s::toString);
            assertTrue(s.recirculationMisses() >= flows, s::toString);
            idle(bed, 20);
            assertEquals(0, statistics(bed).megaflows());
        }
    }

    @Test
    void oneMegaflowServesAPortWhoseHeadersDontMatter() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(FlowText.parse("in_port=1,actions=output:2"));
            sendFrom(bed, 0x0b000000, 3000);
            assertEquals(1, statistics(bed).misses());
            assertTrue(statistics(bed).portHits() > 2900);
            assertEquals(3000, statistics(bed).packets());
        }
    }

    @Test
    void whatWasKilledIsFoundOutAnew() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            for (String rule : List.of("in_port=1,actions=output:2", "udp,actions=output:2")) {
                bed.add(FlowText.parse(rule));
                sendFrom(bed, 0x0b000000, 10);
                long misses = statistics(bed).misses();
                LiveFlows live = bed.datapath.cache(0).live();
                for (int i = 0; i < live.end(); i++) {
                    if (live.at(i) != null) {
                        live.at(i).kill();
                    }
                }
                sendFrom(bed, 0x0b000000, 10);
                assertEquals(misses + 1, statistics(bed).misses());
                sendFrom(bed, 0x0b000000, 10);
                assertEquals(misses + 1, statistics(bed).misses());
            }
        }
    }

    @Test
    void unrelatedFlowModsLeaveMegaflowsAlone() throws IOException {
        try (TestBed bed = new TestBed(3)) {
            for (int i = 0; i < 200; i++) {
                bed.add(FlowText.parse("priority=5,ip,nw_src=11.0.0." + i + ",actions=output:2"));
            }
            sendFrom(bed, 0x0b000000, 200);
            long misses = statistics(bed).misses();
            assertEquals(200, misses);
            for (int i = 0; i < 100; i++) {
                bed.add(FlowText.parse("priority=9,ip,nw_src=12.0.0." + i + ",actions=output:3"));
                bed.add(FlowText.parse("table=7,priority=9,ip,actions=output:3"));
                bed.add(FlowText.parse("priority=9,in_port=3,actions=output:2"));
                bed.add(FlowText.parse("priority=4,ip,nw_dst=10.0.0.2,actions=output:3"));
                bed.add(FlowText.parse("priority=9,ip6,actions=output:3"));
                sendFrom(bed, 0x0b000000, 200);
            }
            assertEquals(misses, statistics(bed).misses());
        }
    }

    @Test
    void flowModsReplaceTheMegaflowsThatTheyTouch() throws IOException {
        try (TestBed bed = new TestBed(3)) {
            for (int i = 0; i < 200; i++) {
                bed.add(FlowText.parse("priority=5,ip,nw_src=11.0.0." + i + ",actions=output:2"));
            }
            sendFrom(bed, 0x0b000000, 200);
            long misses = statistics(bed).misses();
            FlowEntry one =
                    bed.add(FlowText.parse("priority=9,ip,nw_src=11.0.0.7,actions=output:3"));
            sendFrom(bed, 0x0b000000, 200);
            assertEquals(1, bed.vnf(3).receive().size());
            assertEquals(misses + 1, statistics(bed).misses());
            bed.tables.remove(one);
            bed.publish();
            sendFrom(bed, 0x0b000000, 200);
            assertEquals(0, bed.vnf(3).receive().size());
            assertEquals(misses + 2, statistics(bed).misses());
            bed.add(FlowText.parse("priority=9,ip,nw_src=11.0.0.0/28,actions=output:3"));
            sendFrom(bed, 0x0b000000, 200);
            assertEquals(16, bed.vnf(3).receive().size());
            assertEquals(misses + 18, statistics(bed).misses());
        }
    }

    private static byte[] ethernet(int destination, int source) {
        byte[] frame = new byte[60];
        frame[0] = 2;
        frame[4] = (byte) (destination >>> 8);
        frame[5] = (byte) destination;
        frame[6] = 2;
        frame[10] = (byte) (source >>> 8);
        frame[11] = (byte) source;
        frame[12] = (byte) 0x88;
        frame[13] = (byte) 0xb5;
        return frame;
    }

    @Test
    void learnedAddressesLeaveTheMegaflowsOfOthersAlone() throws IOException {
        try (TestBed bed = new TestBed(3)) {
            bed.add(FlowText.parse("actions=NORMAL"));
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 100; i++) {
                    bed.vnf(1).send(ethernet(1000 + i, i));
                    bed.vnf(2).send(ethernet(i, 1000 + i));
                }
                bed.poll();
                bed.vnfs.forEach(TestBed.Vnf::receive);
            }
            long misses = statistics(bed).misses();
            for (int fresh = 0; fresh < 100; fresh++) {
                bed.vnf(3).send(ethernet(5, 2000 + fresh));
                for (int i = 0; i < 100; i++) {
                    bed.vnf(1).send(ethernet(1000 + i, i));
                }
                bed.poll();
                assertEquals(100, bed.vnf(2).receive().size());
                assertEquals(1, bed.vnf(1).receive().size());
            }
            assertEquals(misses + 100, statistics(bed).misses());
        }
    }

    @Test
    void addressThatMovesIsFoundWhereItIsNow() throws IOException {
        try (TestBed bed = new TestBed(3)) {
            bed.add(FlowText.parse("actions=NORMAL"));
            bed.vnf(2).send(ethernet(1, 7));
            bed.vnf(1).send(ethernet(7, 1));
            bed.poll();
            bed.vnfs.forEach(TestBed.Vnf::receive);
            for (int i = 0; i < 20; i++) {
                int at = 2 + i % 2;
                bed.vnf(at).send(ethernet(1, 7));
                bed.poll();
                bed.vnf(1).send(ethernet(7, 1));
                bed.poll();
                assertEquals(1, bed.vnf(1).receive().size());
                assertEquals(1, bed.vnf(at).receive().size());
                assertEquals(0, bed.vnf(5 - at).receive().size());
            }
        }
    }

    @Test
    void pipelineThatGivesUpIsSaidOnceForItsMegaflow() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            for (int table = 0; table < 254; table++) {
                int next = table == 253 ? 0 : table + 1;
                bed.add(FlowText.parse("table=%d,actions=resubmit(,%d)".formatted(table, next)));
            }
            for (int i = 0; i < 10; i++) {
                bed.vnf(1).send(udp(7, 7));
                bed.poll();
            }
            assertEquals(1, bed.faults.total(), () -> bed.faults.list().toString());
            assertEquals("pipeline", bed.faults.list().getFirst().where());
            bed.add(FlowText.parse("priority=40000,actions=output:2"));
            bed.vnf(1).send(udp(7, 7));
            bed.poll();
            assertEquals(1, bed.vnf(2).receive().size());
        }
    }

    @Test
    void addressThatIsForgottenIsFloodedToAgain() throws IOException {
        try (TestBed bed = new TestBed(3)) {
            bed.add(FlowText.parse("actions=NORMAL"));
            bed.vnf(2).send(ethernet(1, 7));
            bed.vnf(1).send(ethernet(7, 1));
            bed.poll();
            bed.vnf(1).send(ethernet(7, 1));
            bed.poll();
            bed.vnfs.forEach(TestBed.Vnf::receive);
            bed.tables.macs().expire(System.nanoTime() + 1000 * SECOND);
            bed.vnf(1).send(ethernet(7, 1));
            bed.poll();
            assertEquals(1, bed.vnf(2).receive().size());
            assertEquals(1, bed.vnf(3).receive().size());
        }
    }
}
