package org.skyway.openflow.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.text.FlowText;

class FrameComposerTest {
    private static long[] key(String match) {
        Match parsed = FlowText.parseMatch(match);
        long[] key = new long[FlowKey.WORDS];
        for (int w = 0; w < FlowKey.WORDS; w++) {
            key[w] = parsed.value(w);
        }
        return key;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eth_dst=02:00:00:00:00:01,eth_src=02:00:00:00:00:02,eth_type=0x88b5",
                "eth_type=0x05ff",
                "tcp,nw_src=10.0.0.1,nw_dst=10.0.0.2,nw_ttl=64,tp_src=80,tp_dst=81,tcp_flags=0x812",
                "udp,nw_src=10.0.0.1,nw_tos=184,nw_ecn=1,tp_src=53,tp_dst=54,dl_vlan=5,dl_vlan_pcp=3",
                "sctp,tp_src=1,tp_dst=2",
                "icmp,icmp_type=8,icmp_code=1",
                "ip,nw_proto=47,nw_dst=1.2.3.4",
                "ip,nw_proto=6,ip_frag=later",
                "tcp,ip_frag=first,tp_dst=3",
                "tcp6,ipv6_src=2001:db8::1,ipv6_dst=::2,ipv6_label=0x12345,nw_ttl=3,tp_src=4,tp_dst=5",
                "udp6,tp_src=4,tp_dst=5,ip_frag=first",
                "ipv6,nw_proto=44,ip_frag=later,nw_ttl=9",
                "ipv6,nw_proto=59",
                "ipv6,ipv6_src=::7",
                "icmp6,icmpv6_type=128",
                "icmp6,icmpv6_type=135,icmpv6_code=0,nd_target=fe80::1,nd_sll=02:00:00:00:00:07,nd_options_type=1",
                "icmp6,icmpv6_type=136,icmpv6_code=0,nd_target=fe80::1,nd_tll=02:00:00:00:00:08,nd_options_type=2",
                "icmp6,icmpv6_type=136,icmpv6_code=0,nd_reserved=0x60000000,nd_sll=02:00:00:00:00:07,nd_tll=02:00:00:00:00:08,nd_options_type=2",
                "eth_type=0x894f,nsh_flags=1,nsh_ttl=63,nsh_mdtype=1,nsh_np=3,nsh_spi=0x123456,nsh_si=9,nsh_c1=1,nsh_c4=0xffffffff",
                "eth_type=0x894f,nsh_mdtype=2,nsh_np=1,nsh_spi=5",
                "arp,arp_op=2,arp_spa=10.0.0.1,arp_tpa=10.0.0.2,arp_sha=02:00:00:00:00:01,arp_tha=02:00:00:00:00:02",
                "eth_type=0x8035,arp_op=3",
                "mpls,mpls_label=99,mpls_tc=5,mpls_bos=1,mpls_ttl=7",
                "mpls,mpls_label=99,mpls_bos=0",
                "eth_type=0x8100",
                "dl_vlan=7,eth_type=0x8100"
            })
    void makesFramesThatParseBackToTheKey(String match) {
        long[] key = key(match);
        byte[] frame = FrameComposer.compose(key);
        assertNotNull(frame);
        assertArrayEquals(key, FrameParser.parse(frame, 0));
    }

    @Test
    void makesNoFrameForAKeyThatNoneHas() {
        assertNull(FrameComposer.compose(key("eth_type=0x0500")));
        long[] portsOfAnArp = key("arp");
        Field.TCP_SRC.set(portsOfAnArp, 5);
        assertNull(FrameComposer.compose(portsOfAnArp));
    }

    @Test
    void computesRightChecksums() {
        byte[] frame =
                FrameComposer.compose(
                        key(
                                "udp,nw_src=192.168.0.1,nw_dst=192.168.0.2,nw_ttl=64,tp_src=1,tp_dst=2"));
        // The header sums to ffff, and so does UDP with its pseudo header.
        assertEquals(0xffff, sum(frame, 14, 34));
        assertEquals(0xffff, fold(sum(frame, 26, 42) + 17 + 8));
    }

    private static int sum(byte[] frame, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i += 2) {
            sum += (frame[i] & 255) << 8 | frame[i + 1] & 255;
        }
        return fold(sum);
    }

    private static int fold(int sum) {
        int folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xffff) + (folded >>> 16);
        }
        return folded;
    }

    @Test
    void readsQinQSnapAndExtensionHeaders() {
        byte[] qinq =
                HexFormat.of()
                        .parseHex("020000000001020000000002" + "88a80005" + "81002007" + "0800");
        long[] key = FrameParser.parse(qinq, 3);
        assertEquals(3, Field.IN_PORT.get(key));
        assertEquals(0x1005, Field.VLAN_TCI.get(key));
        assertEquals(0x8100, Field.ETH_TYPE.get(key));
        byte[] snap = HexFormat.of().parseHex("020000000001020000000002" + "0008aaaa030000000806");
        assertEquals(0x0806, Field.ETH_TYPE.get(FrameParser.parse(snap, 0)));
        byte[] hops =
                HexFormat.of()
                        .parseHex(
                                "020000000001020000000002"
                                        + "86dd"
                                        + "6000000000100040"
                                        + "00".repeat(32)
                                        + "1100000000000000"
                                        + "0035003600080000");
        assertEquals(17, Field.IP_PROTO.get(FrameParser.parse(hops, 0)));
        assertEquals(0x35, Field.UDP_SRC.get(FrameParser.parse(hops, 0)));
    }

    @Test
    void readsNothingFromTruncatedHeaders() {
        byte[] frame = FrameComposer.compose(key("tcp,nw_src=10.0.0.1,tp_dst=80"));
        byte[] cut = java.util.Arrays.copyOf(frame, 30);
        long[] key = FrameParser.parse(cut, 0);
        assertEquals(0x0800, Field.ETH_TYPE.get(key));
        assertEquals(0, key[FlowKey.IPV4]);
        long[] port = new long[FlowKey.WORDS];
        Field.IN_PORT.set(port, 5);
        assertArrayEquals(port, FrameParser.parse(new byte[13], 5));
    }
}
