package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.model.Instructions;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.model.OfPort;
import org.skyway.openflow.model.PortState;
import org.skyway.openflow.text.FlowText;
import org.skyway.vswitch.tables.FlowEntry;

class DatapathTest {
    // UDP 10.0.0.1:1000 -> 10.0.0.2:2000, checksum right, padded to 60 bytes.
    private static final byte[] UDP =
            HexFormat.of()
                    .parseHex(
                            "0200000000020200000000010800"
                                    + "4500002000000000401166cb0a0000010a000002"
                                    + "03e807d0000c1b5561626364"
                                    + "0000000000000000000000000000");

    private static Match inPort(int port) {
        return Match.builder().exact(Field.IN_PORT, port).build();
    }

    private static Instructions output(int port) {
        return Instructions.apply(new Action.Output(port, 0));
    }

    @Test
    void inPortRuleForwardsAndCounts() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            FlowEntry e = bed.add(new FlowRule(0, 100, inPort(1), output(2)));
            for (int i = 0; i < 100; i++) {
                bed.vnf(1).send(UDP);
            }
            bed.poll();
            List<byte[]> got = bed.vnf(2).receive();
            assertEquals(100, got.size());
            assertArrayEquals(UDP, got.get(99));
            assertEquals(100, e.counters().packets());
            assertEquals(100L * UDP.length, e.counters().bytes());
            assertEquals(100, bed.vnf(2).port.traffic().sum(Traffic.TX_PACKETS));
            assertEquals(100, bed.vnf(1).port.traffic().sum(Traffic.RX_PACKETS));
        }
    }

    /// A VNF sends as soon as it may, and its last packets are read when it is gone; the switch
    /// publishes that a port's link came or went at a moment of its own.
    @Test
    void whatComesFromAPortWithoutALinkIsForwardedAndCounted() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            FlowEntry e = bed.add(new FlowRule(0, 100, inPort(1), output(2)));
            PortState up = bed.tables.ports().get(1);
            bed.tables.port(up.withState(PortState.LINK_DOWN));
            bed.publish();
            bed.vnf(1).send(UDP);
            bed.poll();
            assertEquals(1, bed.vnf(2).receive().size());
            bed.tables.port(up.withState(PortState.LINK_DOWN).withConfig(PortState.PORT_DOWN));
            bed.publish();
            bed.vnf(1).send(UDP);
            bed.poll();
            assertEquals(0, bed.vnf(2).receive().size());
            assertEquals(1, e.counters().packets());
        }
    }

    // As deep as a flow-mod may have them; what each changes is undone behind it.
    @Test
    void clonesInEachOtherAreAllDone() throws IOException {
        int deepest = 100;
        StringBuilder actions = new StringBuilder("output:2");
        for (int i = 0; i < deepest; i++) {
            actions.insert(0, "clone(set_field:02:00:00:00:00:%02x->eth_dst,".formatted(i));
            actions.append("),output:2");
        }
        try (TestBed bed = new TestBed(2)) {
            bed.add(FlowText.parse("priority=1,in_port=1,actions=" + actions));
            bed.vnf(1).send(UDP);
            bed.poll();
            List<byte[]> got = bed.vnf(2).receive();
            assertEquals(deepest + 1, got.size());
            assertEquals(0, got.getFirst()[5]); // the innermost
            assertEquals(deepest - 1, got.get(deepest - 1)[5]);
            assertArrayEquals(UDP, got.getLast());
        }
    }

    @Test
    void tableMissEntryTellsControllersSo() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(FlowText.parse("priority=1,in_port=2,actions=CONTROLLER"));
            bed.add(FlowText.parse("priority=0,actions=resubmit(,3),CONTROLLER"));
            bed.add(FlowText.parse("table=3,priority=5,actions=CONTROLLER"));
            bed.vnf(2).send(UDP);
            bed.vnf(1).send(UDP);
            bed.poll();
            assertEquals(List.of(1, 1, 6), bed.reasons.stream().sorted().toList());
        }
    }

    @Test
    void truncatedOutputLeavesTheOthersWhole() throws IOException {
        try (TestBed bed = new TestBed(3)) {
            bed.add(
                    FlowText.parse(
                            "in_port=1,actions=output(port=2,max_len=20),output:2,output(port=3,max_len=9000)"));
            bed.vnf(1).send(UDP);
            bed.poll();
            List<byte[]> got = bed.vnf(2).receive();
            assertArrayEquals(java.util.Arrays.copyOf(UDP, 20), got.get(0));
            assertArrayEquals(UDP, got.get(1));
            assertArrayEquals(UDP, bed.vnf(3).receive().getFirst());
        }
    }

    @Test
    void noEntryDrops() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.vnf(1).send(UDP);
            bed.poll();
            assertEquals(0, bed.vnf(2).receive().size());
            assertEquals(1, bed.datapath.tableCounters().lookups(0));
            assertEquals(0, bed.datapath.tableCounters().matches(0));
        }
    }

    @Test
    void higherPriorityWinsAndChangesTakeEffect() throws IOException {
        try (TestBed bed = new TestBed(3)) {
            bed.add(new FlowRule(0, 1, inPort(1), output(2)));
            bed.vnf(1).send(UDP);
            bed.poll();
            Match udp =
                    Match.builder()
                            .exact(Field.IN_PORT, 1)
                            .exact(Field.ETH_TYPE, 0x0800)
                            .exact(Field.IP_PROTO, 17)
                            .exact(Field.UDP_DST, 2000)
                            .build();
            bed.add(new FlowRule(0, 10, udp, output(3)));
            bed.vnf(1).send(UDP);
            bed.poll();
            assertEquals(1, bed.vnf(2).receive().size());
            assertEquals(1, bed.vnf(3).receive().size());
        }
    }

    @Test
    void whatLiesUnderTheLastLabelIsMatchedAndRewritten() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            Match mpls =
                    Match.builder().exact(Field.IN_PORT, 1).exact(Field.ETH_TYPE, 0x8847).build();
            Match ip =
                    Match.builder()
                            .exact(Field.ETH_TYPE, 0x0800)
                            .exact(Field.IPV4_DST, 0x0a00_0002)
                            .build();
            Instructions popAndGoOn =
                    Instructions.apply(
                            new Action.PopMpls(0x0800),
                            new Action.Resubmit(OfPort.IN_PORT, 1, false));
            bed.add(new FlowRule(0, 1, mpls, popAndGoOn));
            FlowEntry under =
                    bed.add(
                            new FlowRule(
                                    1,
                                    1,
                                    ip,
                                    Instructions.apply(
                                            new Action.SetField(Field.IPV4_DST, 0x0a00_0003),
                                            new Action.Output(2, 0))));
            byte[] labelled = new byte[UDP.length + 4];
            System.arraycopy(UDP, 0, labelled, 0, 14);
            labelled[12] = (byte) 0x88;
            labelled[13] = 0x47;
            System.arraycopy(new byte[] {0, 1, 1, 64}, 0, labelled, 14, 4);
            System.arraycopy(UDP, 14, labelled, 18, UDP.length - 14);
            for (int i = 0; i < 3; i++) {
                bed.vnf(1).send(labelled);
            }
            bed.poll();
            List<byte[]> got = bed.vnf(2).receive();
            assertEquals(3, got.size());
            assertEquals(3, got.get(2)[33]);
            assertEquals(0xffff, Checksums.ipv4Header(got.get(2), 14));
            assertEquals(3, under.counters().packets());
            assertEquals(3L * UDP.length, under.counters().bytes());
        }
    }

    @Test
    void rewritesKeepChecksumsRight() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(
                    new FlowRule(
                            0,
                            1,
                            Match.builder()
                                    .exact(Field.IN_PORT, 1)
                                    .exact(Field.ETH_TYPE, 0x0800)
                                    .exact(Field.IP_PROTO, 17)
                                    .build(),
                            Instructions.apply(
                                    new Action.SetField(Field.IPV4_DST, 0x0a00_0003),
                                    new Action.SetField(Field.UDP_DST, 2001),
                                    new Action.DecTtl(List.of(0)),
                                    new Action.Output(2, 0))));
            bed.vnf(1).send(UDP);
            bed.poll();
            byte[] got = bed.vnf(2).receive().getFirst();
            assertEquals(3, got[33]);
            assertEquals(2001, (got[36] & 0xff) << 8 | got[37] & 0xff);
            assertEquals(63, got[22]);
            assertEquals(0xffff, Checksums.ipv4Header(got, 14));
            assertEquals(0xffff, Checksums.udp(got, 14));
        }
    }

    @Test
    void testFrameHasRightChecksums() {
        assertEquals(0xffff, Checksums.ipv4Header(UDP, 14));
        assertEquals(0xffff, Checksums.udp(UDP, 14));
    }

    @Test
    void pushAndPopVlanAreInverse() throws IOException {
        try (TestBed bed = new TestBed(3)) {
            bed.add(
                    new FlowRule(
                            0,
                            1,
                            inPort(1),
                            Instructions.apply(
                                    new Action.PushVlan(0x8100),
                                    new Action.SetField(Field.VLAN_VID, 0x1064),
                                    new Action.Output(2, 0),
                                    new Action.PopVlan(),
                                    new Action.Output(3, 0))));
            bed.vnf(1).send(UDP);
            bed.poll();
            byte[] tagged = bed.vnf(2).receive().getFirst();
            assertEquals(UDP.length + 4, tagged.length);
            assertEquals("8100" + "0064" + "0800", HexFormat.of().formatHex(tagged, 12, 18));
            assertArrayEquals(UDP, bed.vnf(3).receive().getFirst());
        }
    }

    @Test
    void metadataAndActionSetCrossTables() throws IOException {
        try (TestBed bed = new TestBed(3)) {
            FlowEntry first =
                    bed.add(
                            new FlowRule(
                                    0,
                                    1,
                                    Match.ANY,
                                    new Instructions(
                                            -1,
                                            List.of(),
                                            false,
                                            List.of(new Action.Output(2, 0)),
                                            7,
                                            -1,
                                            5)));
            FlowEntry second =
                    bed.add(
                            new FlowRule(
                                    5,
                                    1,
                                    Match.builder().exact(Field.METADATA, 7).build(),
                                    Instructions.apply(new Action.Output(3, 0))));
            bed.vnf(1).send(UDP);
            bed.poll();
            assertEquals(1, bed.vnf(2).receive().size());
            assertEquals(1, bed.vnf(3).receive().size());
            assertEquals(1, first.counters().packets());
            assertEquals(1, second.counters().packets());
            assertEquals(1, bed.datapath.tableCounters().matches(5));
        }
    }

    @Test
    void controllerGetsThePacket() throws IOException {
        try (TestBed bed = new TestBed(1)) {
            bed.add(new FlowRule(0, 1, Match.ANY, output(OfPort.CONTROLLER)));
            bed.vnf(1).send(UDP);
            bed.poll();
            assertArrayEquals(UDP, bed.packetIns.getFirst());
        }
    }

    @Test
    void normalLearnsAndThenDoesNotFlood() throws IOException {
        try (TestBed bed = new TestBed(3)) {
            bed.add(new FlowRule(0, 0, Match.ANY, output(OfPort.NORMAL)));
            byte[] back = UDP.clone();
            System.arraycopy(UDP, 0, back, 6, 6);
            System.arraycopy(UDP, 6, back, 0, 6);
            bed.vnf(1).send(UDP);
            bed.poll();
            assertEquals(1, bed.vnf(2).receive().size());
            assertEquals(1, bed.vnf(3).receive().size());
            bed.vnf(2).send(back);
            bed.poll();
            assertEquals(1, bed.vnf(1).receive().size());
            assertEquals(0, bed.vnf(3).receive().size());
            bed.vnf(1).send(UDP);
            bed.poll();
            assertEquals(1, bed.vnf(2).receive().size());
            assertEquals(0, bed.vnf(3).receive().size());
        }
    }

    @Test
    void fullPortCountsDrops() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(new FlowRule(0, 100, inPort(1), output(2)));
            int sent = 0;
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 1500; i++) {
                    bed.vnf(1).send(UDP);
                    sent++;
                }
                bed.poll();
            }
            Traffic t = bed.vnf(2).port.traffic();
            assertEquals(sent, t.sum(Traffic.TX_PACKETS) + t.sum(Traffic.TX_DROPPED));
            assertEquals(t.sum(Traffic.TX_PACKETS), bed.vnf(2).receive().size());
        }
    }
}
