package org.skyway.p2p.detect;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;
import org.skyway.openflow.text.FlowText;

/// A header space small enough to enumerate: for each field that [RandomPipelines] uses, the values
/// that its rules mention and one that they do not. So whatever such rules do to any packet, they
/// do to one of these.
public final class SmallPackets {
    private static final List<String> MACS =
            List.of(
                    "02:00:00:00:00:01",
                    "02:00:00:00:00:02",
                    "01:00:5e:00:00:07",
                    "01:00:5e:00:00:08");

    private SmallPackets() {}

    /// All packets, as they come in at a port.
    ///
    /// @param port the port's number
    /// @return flow keys
    public static List<long[]> at(int port) {
        List<long[]> packets = new ArrayList<>();
        for (String dst : MACS) {
            for (String vlan :
                    List.of("", "dl_vlan=1,", "dl_vlan=2,", "dl_vlan=1,dl_vlan_pcp=1,")) {
                for (String rest : headers()) {
                    packets.add(key("in_port=%d,eth_dst=%s,%s%s".formatted(port, dst, vlan, rest)));
                }
            }
        }
        return packets;
    }

    private static List<String> headers() {
        List<String> headers = new ArrayList<>();
        headers.add("eth_type=0x88b5");
        headers.add("arp,arp_op=1");
        headers.add("arp,arp_op=2");
        for (String dst : List.of("10.0.0.1", "10.0.0.2", "200.0.0.1")) {
            for (int ttl : new int[] {1, 2, 64}) {
                String ip = "nw_dst=%s,nw_ttl=%d".formatted(dst, ttl);
                for (int proto : new int[] {6, 17, 47}) {
                    for (String frag : List.of("no", "first", "later")) {
                        String fields = "ip,nw_proto=%d,ip_frag=%s,%s".formatted(proto, frag, ip);
                        if (proto == 47 || frag.equals("later")) {
                            headers.add(fields);
                        } else {
                            headers.add(fields + ",tp_dst=80");
                            headers.add(fields + ",tp_dst=81");
                            headers.add(fields + ",tp_dst=90");
                        }
                    }
                }
            }
        }
        headers.add("tcp6,tp_dst=80,nw_ttl=64");
        headers.add("tcp6,tp_dst=81,nw_ttl=1");
        headers.add("icmp6,icmpv6_type=135,nw_ttl=64");
        headers.add("icmp6,icmpv6_type=128,nw_ttl=2");
        headers.add("icmp6,icmpv6_type=135,icmpv6_code=0,nd_target=fe80::1");
        headers.add("icmp6,icmpv6_type=135,icmpv6_code=0,nd_target=fe80::2");
        headers.add(
                "icmp6,icmpv6_type=136,icmpv6_code=0,nd_target=fe80::1"
                        + ",nd_tll=02:00:00:00:00:05,nd_options_type=2");
        headers.add("icmp6,icmpv6_type=136,icmpv6_code=0,nd_target=fe80::2,nd_reserved=0x20000000");
        headers.add(
                "eth_type=0x894f,nsh_mdtype=1,nsh_np=3,nsh_spi=5,nsh_si=255,nsh_ttl=63,nsh_c1=1");
        return headers;
    }

    static long[] key(String fields) {
        Match match = FlowText.parseMatch(fields);
        long[] key = new long[FlowKey.WORDS];
        for (int w = 0; w < FlowKey.WORDS; w++) {
            key[w] = match.value(w);
        }
        Field.ETH_SRC.set(key, 0x02000000000aL);
        return key;
    }
}
