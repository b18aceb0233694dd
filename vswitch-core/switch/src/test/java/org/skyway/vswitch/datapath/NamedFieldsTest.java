package org.skyway.vswitch.datapath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.skyway.openflow.model.FlowRule;
import org.skyway.openflow.text.FlowText;

/// What actions do with a field depends on the name by which they have it; as in Open vSwitch 3.1,
/// which was given the same.
class NamedFieldsTest {
    private static final byte[] UDP = // type of service 0xbb, which is DSCP 46 and ECN 3
            frame(
                    "020000000002020000000001080045bb00240001000040110000c0a80001c0a80002",
                    "03e807d0001000006162636465666768");

    private static byte[] frame(String... hex) {
        return HexFormat.of().parseHex(String.join("", hex));
    }

    /// What port 2 gets of a frame from port 1.
    private static List<byte[]> sent(byte[] frame, String... flows) throws IOException {
        try (TestBed bed = new TestBed(2)) {
            for (String flow : flows) {
                bed.add(FlowText.parse(flow));
            }
            bed.vnf(1).send(frame);
            bed.poll();
            assertEquals(List.of(), bed.faults.list());
            return bed.vnf(2).receive();
        }
    }

    private static String registers(String actions, String wanted) throws IOException {
        List<byte[]> got =
                sent(
                        UDP,
                        "table=0,ip,actions=%s,resubmit(,1)".formatted(actions),
                        "table=1,%s,actions=output:2".formatted(wanted));
        return got.size() + " with " + wanted;
    }

    @Test
    void theTypeOfServiceReadsWithoutItsLowBitsAndWritesAroundThem() throws IOException {
        assertEquals("1 with reg0=0xb8", registers("move:nw_tos[]->reg0[0..7]", "reg0=0xb8"));
        assertEquals("1 with reg0=46", registers("move:ip_dscp[]->reg0[0..5]", "reg0=46"));
        assertEquals("1 with reg0=0", registers("move:nw_tos[0..1]->reg0[0..1]", "reg0=0"));
        List<byte[]> got = sent(UDP, "ip,actions=load:0x29->nw_tos[],output:2");
        assertEquals(0x2b, got.getFirst()[15]); // DSCP 10, and ECN 3 as before
    }

    @Test
    void aWideValueGoesOverTheStackWhole() throws IOException {
        String both = "load:7->xxreg0[96..127],load:5->xxreg0[0..31],push:xxreg0[],pop:xxreg1[]";
        assertEquals("1 with reg4=7,reg7=5", registers(both, "reg4=7,reg7=5"));
    }

    @Test
    void halfOfAPortNumberMakesAWholeOne() throws IOException {
        assertEquals(1, sent(UDP, "in_port=1,actions=load:2->NXM_OF_IN_PORT[],in_port").size());
        String none = "load:1->in_port_oxm[16]"; // between the two ranges of numbers
        assertEquals("1 with in_port=ANY", registers(none, "in_port=ANY"));
    }

    @Test
    void aLaterTableSeesThePortThatActionsWrote() throws IOException {
        assertEquals(
                1,
                sent(
                                UDP,
                                "table=0,in_port=1,actions=load:7->NXM_OF_IN_PORT[],goto_table:1",
                                "table=1,in_port=7,actions=output:2",
                                "table=1,in_port=1,actions=drop")
                        .size());
    }

    @Test
    void normalTakesNothingFromAPortThatIsNone() throws IOException {
        assertEquals(0, sent(UDP, "actions=load:7->NXM_OF_IN_PORT[],normal").size());
        assertEquals(1, sent(UDP, "actions=load:0xffff->NXM_OF_IN_PORT[],normal").size());
    }

    @Test
    void anOperationIsWrittenToEveryArpPacket() throws IOException {
        byte[] tokenRing =
                frame(
                        "ffffffffffff0200000000010806000608000604000",
                        "10200000000010a0000010000000000000a000002");
        byte[] expected = tokenRing.clone();
        expected[21] = 2;
        byte[] got = sent(tokenRing, "arp,actions=set_field:2->arp_op,output:2").getFirst();
        assertArrayEquals(expected, got);
        byte[] large = tokenRing.clone();
        large[15] = 1;
        large[20] = 1; // an operation over 255 reads as 0; its upper byte is never written
        expected = large.clone();
        expected[21] = 2;
        got = sent(large, "arp,actions=set_field:2->arp_op,output:2").getFirst();
        assertArrayEquals(expected, got);
    }

    @Test
    void aFlowIsLearnedWithTheNamesThatWereSaid() throws IOException {
        try (TestBed bed = new TestBed(2)) {
            FlowRule learns =
                    FlowText.parse(
                            "in_port=1,udp,actions=learn(table=1,eth_type=0x800,nw_proto=17,"
                                    + "NXM_OF_IP_TOS[],udp_src[]=udp_dst[],"
                                    + "load:tun_id[]->tun_id[],"
                                    + "load:xxreg1[]->xxreg0[],output:in_port_oxm[])");
            bed.add(learns);
            bed.vnf(1).send(UDP);
            bed.poll();
            assertEquals(List.of(), bed.faults.list());
            assertEquals(
                    "table=1,priority=32768,udp,ip_dscp=46,udp_src=2000 actions=load:0x0->tun_id[],"
                            + "set_field:0x0->xxreg0,output:1",
                    FlowText.print(bed.learned.getFirst()));
        }
    }

    private static String learned(String specs) throws IOException {
        try (TestBed bed = new TestBed(2)) {
            bed.add(FlowText.parse("in_port=1,actions=learn(table=1," + specs + ")"));
            bed.vnf(1).send(UDP);
            bed.poll();
            assertEquals(List.of(), bed.faults.list());
            return FlowText.print(bed.learned.getFirst().match());
        }
    }

    @Test
    void bitsOfAFieldThatCanNotBeMaskedAreLearnedOnlyIntoAWholeOne() throws IOException {
        String icmp = "eth_type=0x86dd,nw_proto=58,icmpv6_type=135,icmpv6_code=0";
        assertEquals("icmp6,icmpv6_type=135,icmpv6_code=0", learned(icmp));
        String bits = "icmpv6_type[2..6]=reg0[0..4]"; // zeros
        assertEquals("icmp6,icmpv6_type=131,icmpv6_code=0", learned(icmp + "," + bits));
        assertEquals("icmp6,icmpv6_type=135,icmpv6_code=0", learned(bits + "," + icmp));
        assertEquals(
                "icmp6,icmpv6_code=0",
                learned("eth_type=0x86dd,nw_proto=58,icmpv6_code=0," + bits));
    }
}
