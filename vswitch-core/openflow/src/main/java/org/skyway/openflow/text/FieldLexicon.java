package org.skyway.openflow.text;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.Prerequisite;
import org.skyway.openflow.model.SubField;

/// The names that fields go by: those of `ovs-fields(7)` and their NXM and OXM names.
final class FieldLexicon {
    private static final Map<String, Field> BY_NAME = new HashMap<>();

    static {
        for (Field field : Field.values()) {
            name(field, field.ovsName());
        }
        name(Field.IN_PORT, "in_port_oxm", "oxm_of_in_port");
        name(Field.IN_PORT_NXM, "nxm_of_in_port");
        name(Field.METADATA, "oxm_of_metadata");
        name(Field.ETH_DST, "dl_dst", "nxm_of_eth_dst", "oxm_of_eth_dst");
        name(Field.ETH_SRC, "dl_src", "nxm_of_eth_src", "oxm_of_eth_src");
        name(Field.ETH_TYPE, "dl_type", "nxm_of_eth_type", "oxm_of_eth_type");
        name(Field.VLAN_TCI, "nxm_of_vlan_tci");
        name(Field.VLAN_VID, "oxm_of_vlan_vid");
        name(Field.VLAN_PCP, "oxm_of_vlan_pcp");
        name(Field.IP_DSCP, "nw_tos_shifted", "nw_dscp", "oxm_of_ip_dscp");
        name(Field.IP_TOS, "nxm_of_ip_tos");
        name(Field.IP_ECN, "ip_ecn", "nxm_nx_ip_ecn", "oxm_of_ip_ecn");
        name(Field.IP_PROTO, "ip_proto", "nxm_of_ip_proto", "oxm_of_ip_proto");
        name(Field.IP_TTL, "ip_ttl", "nxm_nx_ip_ttl");
        name(Field.IP_FRAG, "nw_frag", "nxm_nx_ip_frag");
        name(Field.IPV4_SRC, "ip_src", "ipv4_src", "nxm_of_ip_src", "oxm_of_ipv4_src");
        name(Field.IPV4_DST, "ip_dst", "ipv4_dst", "nxm_of_ip_dst", "oxm_of_ipv4_dst");
        for (String protocol : new String[] {"tcp", "udp", "sctp"}) {
            for (String end : new String[] {"src", "dst"}) {
                String name = protocol + "_" + end;
                name(BY_NAME.get(name), "nxm_of_" + name, "oxm_of_" + name);
            }
        }
        name(Field.TCP_FLAGS, "nxm_nx_tcp_flags", "onfoxm_et_tcp_flags", "oxm_of_tcp_flags");
        name(Field.ICMPV4_TYPE, "icmpv4_type", "nxm_of_icmp_type", "oxm_of_icmpv4_type");
        name(Field.ICMPV4_CODE, "icmpv4_code", "nxm_of_icmp_code", "oxm_of_icmpv4_code");
        name(Field.ICMPV6_TYPE, "nxm_nx_icmpv6_type", "oxm_of_icmpv6_type");
        name(Field.ICMPV6_CODE, "nxm_nx_icmpv6_code", "oxm_of_icmpv6_code");
        name(Field.ARP_OP, "nxm_of_arp_op", "oxm_of_arp_op");
        name(Field.ARP_SPA, "nxm_of_arp_spa", "oxm_of_arp_spa");
        name(Field.ARP_TPA, "nxm_of_arp_tpa", "oxm_of_arp_tpa");
        name(Field.ARP_SHA, "nxm_nx_arp_sha", "oxm_of_arp_sha");
        name(Field.ARP_THA, "nxm_nx_arp_tha", "oxm_of_arp_tha");
        name(Field.IPV6_SRC, "nxm_nx_ipv6_src", "oxm_of_ipv6_src");
        name(Field.IPV6_DST, "nxm_nx_ipv6_dst", "oxm_of_ipv6_dst");
        name(Field.IPV6_LABEL, "nxm_nx_ipv6_label", "oxm_of_ipv6_flabel");
        name(Field.ND_TARGET, "nxm_nx_nd_target", "oxm_of_ipv6_nd_target");
        name(Field.ND_SLL, "nxm_nx_nd_sll", "oxm_of_ipv6_nd_sll");
        name(Field.ND_TLL, "nxm_nx_nd_tll", "oxm_of_ipv6_nd_tll");
        name(Field.MPLS_LABEL, "oxm_of_mpls_label");
        name(Field.MPLS_TC, "oxm_of_mpls_tc");
        name(Field.MPLS_BOS, "oxm_of_mpls_bos");
        name(Field.MPLS_TTL, "nxm_nx_mpls_ttl");
        name(Field.TUN_ID, "tunnel_id", "nxm_nx_tun_id", "oxm_of_tunnel_id");
        name(Field.TUN_SRC, "nxm_nx_tun_ipv4_src");
        name(Field.TUN_DST, "nxm_nx_tun_ipv4_dst");
        name(Field.ACTSET_OUTPUT, "oxm_of_actset_output", "onfoxm_et_actset_output");
        for (String name :
                new String[] {
                    "pkt_mark",
                    "ct_state",
                    "ct_zone",
                    "ct_mark",
                    "ct_label",
                    "ct_nw_proto",
                    "ct_nw_src",
                    "ct_nw_dst",
                    "ct_ipv6_src",
                    "ct_ipv6_dst",
                    "ct_tp_src",
                    "ct_tp_dst",
                    "conj_id",
                    "dp_hash",
                    "recirc_id",
                    "tun_ipv6_src",
                    "tun_ipv6_dst",
                    "tun_flags",
                    "tun_gbp_id",
                    "tun_gbp_flags"
                }) {
            name(BY_NAME.get(name), "nxm_nx_" + name);
        }
        for (String name :
                new String[] {
                    "erspan_idx",
                    "erspan_ver",
                    "erspan_dir",
                    "erspan_hwid",
                    "gtpu_flags",
                    "gtpu_msgtype"
                }) {
            name(BY_NAME.get("tun_" + name), "nxoxm_et_" + name);
        }
        name(Field.ND_RESERVED, "ericoxm_of_icmpv6_nd_reserved");
        name(Field.ND_OPTIONS_TYPE, "ericoxm_of_icmpv6_nd_options_type");
        name(Field.PACKET_TYPE, "oxm_of_packet_type");
        for (Field field : Field.values()) {
            if (field.prerequisite() == Prerequisite.NSH) {
                name(field, "nxoxm_" + field.ovsName());
            }
        }
        for (int i = 0; i < 16; i++) {
            name(Field.reg(i), "nxm_nx_reg" + i);
        }
        for (int i = 0; i < 8; i++) {
            name(BY_NAME.get("xreg" + i), "oxm_of_pkt_reg" + i);
        }
        for (int i = 0; i < 4; i++) {
            name(BY_NAME.get("xxreg" + i), "nxm_nx_xxreg" + i);
        }
    }

    private FieldLexicon() {}

    private static void name(Field field, String... names) {
        for (String name : names) {
            BY_NAME.put(name, field);
        }
    }

    /// The field with a name.
    ///
    /// @return the field; null if there is none
    static Field find(String name) {
        return BY_NAME.get(name.toLowerCase(Locale.ROOT));
    }

    /// The field with a name that a match may use: one of Open vSwitch's own, and not of the wire.
    ///
    /// @return the field; null if there is none
    static Field findPlain(String name) {
        Field field = BY_NAME.get(name);
        boolean wire = name.startsWith("nxm_") || name.contains("oxm_");
        return wire && !name.startsWith("in_port") ? null : field;
    }

    static Field get(String name) {
        Field field = find(name);
        if (field == null) {
            throw new FlowSyntaxException(
                    "there is no field \"%s\"; ovs-fields(7) lists them".formatted(name));
        }
        return field;
    }

    /// A part of a field: `name`, `name[]`, `name[bit]` or `name[first..last]`.
    static SubField part(String text) {
        int open = text.indexOf('[');
        if (open < 0) {
            return SubField.all(get(text));
        }
        if (!text.endsWith("]")) {
            throw new FlowSyntaxException("\"%s\" lacks its closing bracket".formatted(text));
        }
        String name = text.substring(0, open);
        Field field = get(name);
        String range = text.substring(open + 1, text.length() - 1);
        if (range.isEmpty()) {
            return SubField.all(field);
        }
        int dots = range.indexOf("..");
        int first = Numbers.parse("bit", dots < 0 ? range : range.substring(0, dots), 127);
        int last = dots < 0 ? first : Numbers.parse("bit", range.substring(dots + 2), 127);
        try {
            return new SubField(field, first, last - first + 1);
        } catch (IllegalArgumentException e) {
            throw new FlowSyntaxException(e.getMessage());
        }
    }

    /// A part of a field as [#part] reads it.
    static String print(SubField part) {
        String name = part.field() == Field.IN_PORT ? "in_port_oxm" : part.field().ovsName();
        if (part.offset() == 0 && part.bits() == part.field().width()) {
            return name + "[]";
        }
        return part.bits() == 1
                ? "%s[%d]".formatted(name, part.offset())
                : "%s[%d..%d]".formatted(name, part.offset(), part.offset() + part.bits() - 1);
    }
}
