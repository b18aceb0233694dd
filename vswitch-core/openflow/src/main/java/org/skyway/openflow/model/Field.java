package org.skyway.openflow.model;

import static org.skyway.openflow.model.Masking.*;
import static org.skyway.openflow.model.Notation.*;
import static org.skyway.openflow.model.Prerequisite.*;

import java.util.List;

/// Every header and metadata field, one row each, from which the codecs, the texts and the detector
/// take what they know of it.
///
/// ```
/// names      in Open vSwitch's notation of matches; printed is the first
/// word       of the FlowKey that has it, or the first (more significant) of two
/// shift      of its least significant bit from the word's; 0 for a wide field
/// bits       in the flow key
/// width      bits that an action may name
/// bytes      of a value on the wire
/// mask       what may be masked
/// text       how values are written
/// needs      what a match on it, or a set-field, presupposes
/// writable   by set-field, load and move
/// headers    on the wire: NXM's first, then those that newer versions prefer
/// ```
///
/// Some rows, the last ones, are other names for bits that earlier rows have, in another width:
/// [#isAlias]. An action keeps the name by which it was given; a match has only the [#base].
///
/// Sources: OpenFlow 1.3.5, "Flow Match Field Structures"; Nicira Extended Match as in Open
/// vSwitch's `ovs-fields(7)`.
public enum Field {
    // spotless:off
    // name          names                             word                 shift bits width bytes mask text   needs       writable headers
    /// Ingress port.
    IN_PORT(         "in_port in_port_oxm",            FlowKey.IN_PORT,         32,  32,  32,  4, EXACT, PORT,      NONE,       true,  "OXM_OF_IN_PORT(0)"),
    /// OpenFlow metadata, passed between tables.
    METADATA(        "metadata",                       FlowKey.METADATA,         0,  64,  64,  8, BITS,  HEX,       NONE,       true,  "OXM_OF_METADATA(2)"),
    /// Destination MAC address.
    ETH_DST(         "eth_dst dl_dst",                 FlowKey.ETH_DST_TYPE,    16,  48,  48,  6, BITS,  MAC,       NONE,       true,  "NXM_OF_ETH_DST(1), OXM_OF_ETH_DST(3)"),
    /// Source MAC address.
    ETH_SRC(         "eth_src dl_src",                 FlowKey.ETH_SRC_VLAN,    16,  48,  48,  6, BITS,  MAC,       NONE,       true,  "NXM_OF_ETH_SRC(2), OXM_OF_ETH_SRC(4)"),
    /// Ethernet type after any VLAN tags.
    ETH_TYPE(        "eth_type dl_type",               FlowKey.ETH_DST_TYPE,     0,  16,  16,  2, EXACT, HEX,       NONE,       false, "NXM_OF_ETH_TYPE(3), OXM_OF_ETH_TYPE(5)"),
    /// Whole VLAN tag control information; 0 when there is no tag.
    VLAN_TCI(        "vlan_tci",                       FlowKey.ETH_SRC_VLAN,     0,  16,  16,  2, BITS,  HEX,       NONE,       true,  "NXM_OF_VLAN_TCI(4)"),
    /// VLAN id and the bit that says that there is a tag.
    VLAN_VID(        "vlan_vid",                       FlowKey.ETH_SRC_VLAN,     0,  13,  12,  2, BITS,  HEX,       NONE,       true,  "OXM_OF_VLAN_VID(6)"),
    /// VLAN priority.
    VLAN_PCP(        "vlan_pcp",                       FlowKey.ETH_SRC_VLAN,    13,   3,   3,  1, EXACT, DEC,       VLAN,       true,  "OXM_OF_VLAN_PCP(7)"),
    /// Differentiated services code point.
    IP_DSCP(         "ip_dscp nw_tos_shifted nw_dscp", FlowKey.IP_MISC,         50,   6,   6,  1, EXACT, DEC,       IP,         true,  "OXM_OF_IP_DSCP(8)"),
    /// Explicit congestion notification.
    IP_ECN(          "nw_ecn ip_ecn",                  FlowKey.IP_MISC,         48,   2,   2,  1, EXACT, DEC,       IP,         true,  "NXM_NX_IP_ECN(28), OXM_OF_IP_ECN(9)"),
    /// IP protocol.
    IP_PROTO(        "nw_proto ip_proto",              FlowKey.IP_MISC,         56,   8,   8,  1, EXACT, DEC,       IP,         false, "NXM_OF_IP_PROTO(6), OXM_OF_IP_PROTO(10)"),
    /// IP time to live or hop limit.
    IP_TTL(          "nw_ttl ip_ttl",                  FlowKey.IP_MISC,         40,   8,   8,  1, EXACT, DEC,       IP,         true,  "NXM_NX_IP_TTL(29)"),
    /// Fragment bits: [FlowKey#FRAG_ANY], [FlowKey#FRAG_LATER].
    IP_FRAG(         "ip_frag nw_frag",                FlowKey.IP_MISC,         32,   2,   2,  1, BITS,  FRAG,      IP,         false, "NXM_NX_IP_FRAG(26)"),
    /// IPv4 source address.
    IPV4_SRC(        "nw_src ip_src ipv4_src",         FlowKey.IPV4,            32,  32,  32,  4, BITS,  IP4,       IPV4,       true,  "NXM_OF_IP_SRC(7), OXM_OF_IPV4_SRC(11)"),
    /// IPv4 destination address.
    IPV4_DST(        "nw_dst ip_dst ipv4_dst",         FlowKey.IPV4,             0,  32,  32,  4, BITS,  IP4,       IPV4,       true,  "NXM_OF_IP_DST(8), OXM_OF_IPV4_DST(12)"),
    /// TCP source port.
    TCP_SRC(         "tcp_src",                        FlowKey.TRANSPORT,       48,  16,  16,  2, BITS,  DEC,       TCP,        true,  "NXM_OF_TCP_SRC(9), OXM_OF_TCP_SRC(13)"),
    /// TCP destination port.
    TCP_DST(         "tcp_dst",                        FlowKey.TRANSPORT,       32,  16,  16,  2, BITS,  DEC,       TCP,        true,  "NXM_OF_TCP_DST(10), OXM_OF_TCP_DST(14)"),
    /// UDP source port.
    UDP_SRC(         "udp_src",                        FlowKey.TRANSPORT,       48,  16,  16,  2, BITS,  DEC,       UDP,        true,  "NXM_OF_UDP_SRC(11), OXM_OF_UDP_SRC(15)"),
    /// UDP destination port.
    UDP_DST(         "udp_dst",                        FlowKey.TRANSPORT,       32,  16,  16,  2, BITS,  DEC,       UDP,        true,  "NXM_OF_UDP_DST(12), OXM_OF_UDP_DST(16)"),
    /// SCTP source port.
    SCTP_SRC(        "sctp_src",                       FlowKey.TRANSPORT,       48,  16,  16,  2, BITS,  DEC,       SCTP,       true,  "OXM_OF_SCTP_SRC(17)"),
    /// SCTP destination port.
    SCTP_DST(        "sctp_dst",                       FlowKey.TRANSPORT,       32,  16,  16,  2, BITS,  DEC,       SCTP,       true,  "OXM_OF_SCTP_DST(18)"),
    /// TCP flags.
    TCP_FLAGS(       "tcp_flags",                      FlowKey.TRANSPORT,       16,  12,  12,  2, BITS,  FLAGS_TCP, TCP,        false, "NXM_NX_TCP_FLAGS(34), ONFOXM_ET_TCP_FLAGS(42), OXM_OF_TCP_FLAGS(42) since 1.5"),
    /// ICMP type, one byte on the wire.
    ICMPV4_TYPE(     "icmp_type icmpv4_type",          FlowKey.TRANSPORT,       48,  16,   8,  1, EXACT, DEC,       ICMPV4,     true,  "NXM_OF_ICMP_TYPE(13), OXM_OF_ICMPV4_TYPE(19)"),
    /// ICMP code, one byte on the wire.
    ICMPV4_CODE(     "icmp_code icmpv4_code",          FlowKey.TRANSPORT,       32,  16,   8,  1, EXACT, DEC,       ICMPV4,     true,  "NXM_OF_ICMP_CODE(14), OXM_OF_ICMPV4_CODE(20)"),
    /// ARP opcode, two bytes on the wire; 0 when it is over 255.
    ARP_OP(          "arp_op",                         FlowKey.IP_MISC,         56,   8,  16,  2, EXACT, DEC,       ARP,        true,  "NXM_OF_ARP_OP(15), OXM_OF_ARP_OP(21)"),
    /// ARP sender protocol address.
    ARP_SPA(         "arp_spa",                        FlowKey.IPV4,            32,  32,  32,  4, BITS,  IP4,       ARP,        true,  "NXM_OF_ARP_SPA(16), OXM_OF_ARP_SPA(22)"),
    /// ARP target protocol address.
    ARP_TPA(         "arp_tpa",                        FlowKey.IPV4,             0,  32,  32,  4, BITS,  IP4,       ARP,        true,  "NXM_OF_ARP_TPA(17), OXM_OF_ARP_TPA(23)"),
    /// ARP sender hardware address.
    ARP_SHA(         "arp_sha",                        FlowKey.ARP_SHA,         16,  48,  48,  6, BITS,  MAC,       ARP,        true,  "NXM_NX_ARP_SHA(17), OXM_OF_ARP_SHA(24)"),
    /// ARP target hardware address.
    ARP_THA(         "arp_tha",                        FlowKey.ARP_THA,         16,  48,  48,  6, BITS,  MAC,       ARP,        true,  "NXM_NX_ARP_THA(18), OXM_OF_ARP_THA(25)"),
    /// IPv6 source address.
    IPV6_SRC(        "ipv6_src",                       FlowKey.IPV6_SRC,         0, 128, 128, 16, BITS,  IP6,       IPV6,       true,  "NXM_NX_IPV6_SRC(19), OXM_OF_IPV6_SRC(26)"),
    /// IPv6 destination address.
    IPV6_DST(        "ipv6_dst",                       FlowKey.IPV6_DST,         0, 128, 128, 16, BITS,  IP6,       IPV6,       true,  "NXM_NX_IPV6_DST(20), OXM_OF_IPV6_DST(27)"),
    /// IPv6 flow label, four bytes on the wire.
    IPV6_LABEL(      "ipv6_label",                     FlowKey.IP_MISC,          0,  20,  20,  4, BITS,  HEX,       IPV6,       true,  "NXM_NX_IPV6_LABEL(27), OXM_OF_IPV6_FLABEL(28)"),
    /// ICMPv6 type, one byte on the wire.
    ICMPV6_TYPE(     "icmpv6_type",                    FlowKey.TRANSPORT,       48,  16,   8,  1, EXACT, DEC,       ICMPV6,     true,  "NXM_NX_ICMPV6_TYPE(21), OXM_OF_ICMPV6_TYPE(29)"),
    /// ICMPv6 code, one byte on the wire.
    ICMPV6_CODE(     "icmpv6_code",                    FlowKey.TRANSPORT,       32,  16,   8,  1, EXACT, DEC,       ICMPV6,     true,  "NXM_NX_ICMPV6_CODE(22), OXM_OF_ICMPV6_CODE(30)"),
    /// Neighbour discovery target address.
    ND_TARGET(       "nd_target",                      FlowKey.ND_TARGET,        0, 128, 128, 16, BITS,  IP6,       ND,         true,  "NXM_NX_ND_TARGET(23), OXM_OF_IPV6_ND_TARGET(31)"),
    /// Neighbour discovery source link-layer address.
    ND_SLL(          "nd_sll",                         FlowKey.ARP_SHA,         16,  48,  48,  6, BITS,  MAC,       ND_SOLICIT, true,  "NXM_NX_ND_SLL(24), OXM_OF_IPV6_ND_SLL(32)"),
    /// Neighbour discovery target link-layer address.
    ND_TLL(          "nd_tll",                         FlowKey.ARP_THA,         16,  48,  48,  6, BITS,  MAC,       ND_ADVERT,  true,  "NXM_NX_ND_TLL(25), OXM_OF_IPV6_ND_TLL(33)"),
    /// Reserved word of neighbour discovery; of an advertisement, its flags.
    ND_RESERVED(     "nd_reserved",                    FlowKey.IPV4,            32,  32,  32,  4, EXACT, DEC,       ND,         true,  "ERICOXM_OF_ICMPV6_ND_RESERVED(1)"),
    /// Type of the first link-layer address option of neighbour discovery.
    ND_OPTIONS_TYPE( "nd_options_type",                FlowKey.IPV4,             0,   8,   8,  1, EXACT, DEC,       ND,         true,  "ERICOXM_OF_ICMPV6_ND_OPTIONS_TYPE(2)"),
    /// Flags of a network service header.
    NSH_FLAGS(       "nsh_flags",                      FlowKey.NSH,             56,   8,   8,  1, BITS,  DEC,       NSH,        true,  "NXOXM_NSH_FLAGS(1)"),
    /// Time to live of a network service header.
    NSH_TTL(         "nsh_ttl",                        FlowKey.NSH,             48,   8,   8,  1, BITS,  DEC,       NSH,        true,  "NXOXM_NSH_TTL(10)"),
    /// Metadata type of a network service header.
    NSH_MDTYPE(      "nsh_mdtype",                     FlowKey.NSH,             40,   8,   8,  1, EXACT, DEC,       NSH,        false, "NXOXM_NSH_MDTYPE(2)"),
    /// Next protocol of a network service header.
    NSH_NP(          "nsh_np",                         FlowKey.NSH,             32,   8,   8,  1, EXACT, DEC,       NSH,        false, "NXOXM_NSH_NP(3)"),
    /// Service path id of a network service header, four bytes on the wire.
    NSH_SPI(         "nsh_spi",                        FlowKey.NSH,              8,  24,  24,  4, EXACT, HEX,       NSH,        true,  "NXOXM_NSH_SPI(4)"),
    /// Service index of a network service header.
    NSH_SI(          "nsh_si",                         FlowKey.NSH,              0,   8,   8,  1, EXACT, DEC,       NSH,        true,  "NXOXM_NSH_SI(5)"),
    /// Context header 1 of a network service header.
    NSH_C1(          "nsh_c1",                         FlowKey.NSH_CONTEXT,     32,  32,  32,  4, BITS,  HEX,       NSH,        true,  "NXOXM_NSH_C1(6)"),
    /// Context header 2 of a network service header.
    NSH_C2(          "nsh_c2",                         FlowKey.NSH_CONTEXT,      0,  32,  32,  4, BITS,  HEX,       NSH,        true,  "NXOXM_NSH_C2(7)"),
    /// Context header 3 of a network service header.
    NSH_C3(          "nsh_c3",                         FlowKey.NSH_CONTEXT + 1, 32,  32,  32,  4, BITS,  HEX,       NSH,        true,  "NXOXM_NSH_C3(8)"),
    /// Context header 4 of a network service header.
    NSH_C4(          "nsh_c4",                         FlowKey.NSH_CONTEXT + 1,  0,  32,  32,  4, BITS,  HEX,       NSH,        true,  "NXOXM_NSH_C4(9)"),
    /// Outermost MPLS label.
    MPLS_LABEL(      "mpls_label",                     FlowKey.MPLS,            44,  20,  20,  4, EXACT, DEC,       MPLS,       true,  "OXM_OF_MPLS_LABEL(34)"),
    /// Outermost MPLS traffic class.
    MPLS_TC(         "mpls_tc",                        FlowKey.MPLS,            41,   3,   3,  1, EXACT, DEC,       MPLS,       true,  "OXM_OF_MPLS_TC(35)"),
    /// Bottom of stack bit of the outermost MPLS label.
    MPLS_BOS(        "mpls_bos",                       FlowKey.MPLS,            40,   1,   1,  1, EXACT, DEC,       MPLS,       false, "OXM_OF_MPLS_BOS(36)"),
    /// Outermost MPLS time to live.
    MPLS_TTL(        "mpls_ttl",                       FlowKey.MPLS,            32,   8,   8,  1, EXACT, DEC,       MPLS,       true,  "NXM_NX_MPLS_TTL(30)"),
    /// Tunnel id.
    TUN_ID(          "tun_id tunnel_id",               FlowKey.TUN_ID,           0,  64,  64,  8, BITS,  HEX,       NONE,       true,  "NXM_NX_TUN_ID(16), OXM_OF_TUNNEL_ID(38) since 1.3"),
    /// Tunnel IPv4 source address.
    TUN_SRC(         "tun_src",                        FlowKey.TUN_IPV4,        32,  32,  32,  4, BITS,  IP4,       NONE,       true,  "NXM_NX_TUN_IPV4_SRC(31)"),
    /// Tunnel IPv4 destination address.
    TUN_DST(         "tun_dst",                        FlowKey.TUN_IPV4,         0,  32,  32,  4, BITS,  IP4,       NONE,       true,  "NXM_NX_TUN_IPV4_DST(32)"),
    /// Tunnel IPv6 source address.
    TUN_IPV6_SRC(    "tun_ipv6_src",                   FlowKey.TUN_IPV6_SRC,     0, 128, 128, 16, BITS,  IP6,       NONE,       true,  "NXM_NX_TUN_IPV6_SRC(109)"),
    /// Tunnel IPv6 destination address.
    TUN_IPV6_DST(    "tun_ipv6_dst",                   FlowKey.TUN_IPV6_DST,     0, 128, 128, 16, BITS,  IP6,       NONE,       true,  "NXM_NX_TUN_IPV6_DST(110)"),
    /// Tunnel flags, two bytes on the wire.
    TUN_FLAGS(       "tun_flags",                      FlowKey.TUN_OTHER,       48,   1,   1,  2, BITS,  FLAGS_TUN, NONE,       true,  "NXM_NX_TUN_FLAGS(104)"),
    /// VXLAN group policy id.
    TUN_GBP_ID(      "tun_gbp_id",                     FlowKey.TUN_OTHER,       32,  16,  16,  2, BITS,  DEC,       NONE,       true,  "NXM_NX_TUN_GBP_ID(38)"),
    /// VXLAN group policy flags.
    TUN_GBP_FLAGS(   "tun_gbp_flags",                  FlowKey.TUN_OTHER,       24,   8,   8,  1, BITS,  HEX,       NONE,       true,  "NXM_NX_TUN_GBP_FLAGS(39)"),
    /// ERSPAN index, four bytes on the wire.
    TUN_ERSPAN_IDX(  "tun_erspan_idx",                 FlowKey.TUN_ERSPAN,      32,  32,  20,  4, BITS,  HEX,       NONE,       true,  "NXOXM_ET_ERSPAN_IDX(11)"),
    /// ERSPAN version.
    TUN_ERSPAN_VER(  "tun_erspan_ver",                 FlowKey.TUN_ERSPAN,      24,   8,   4,  1, SELF,  DEC,       NONE,       true,  "NXOXM_ET_ERSPAN_VER(12)"),
    /// ERSPAN direction.
    TUN_ERSPAN_DIR(  "tun_erspan_dir",                 FlowKey.TUN_ERSPAN,      16,   8,   1,  1, SELF,  DEC,       NONE,       true,  "NXOXM_ET_ERSPAN_DIR(13)"),
    /// ERSPAN hardware id.
    TUN_ERSPAN_HWID( "tun_erspan_hwid",                FlowKey.TUN_OTHER,        0,   8,   6,  1, SELF,  HEX,       NONE,       true,  "NXOXM_ET_ERSPAN_HWID(14)"),
    /// Flags of a GTP-U header.
    TUN_GTPU_FLAGS(  "tun_gtpu_flags",                 FlowKey.TUN_OTHER,       16,   8,   8,  1, SELF,  HEX,       NONE,       false, "NXOXM_ET_GTPU_FLAGS(15)"),
    /// Message type of a GTP-U header.
    TUN_GTPU_MSGTYPE("tun_gtpu_msgtype",               FlowKey.TUN_OTHER,        8,   8,   8,  1, SELF,  DEC,       NONE,       false, "NXOXM_ET_GTPU_MSGTYPE(16)"),
    /// Packet mark.
    PKT_MARK(        "pkt_mark",                       FlowKey.PKT_MARK,        32,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_PKT_MARK(33)"),
    /// Connection tracking state.
    CT_STATE(        "ct_state",                       FlowKey.PKT_MARK,         0,  32,  32,  4, BITS,  FLAGS_CT,  NONE,       false, "NXM_NX_CT_STATE(105)"),
    /// Connection tracking zone.
    CT_ZONE(         "ct_zone",                        FlowKey.CT_MARK,         16,  16,  16,  2, EXACT, DEC,       NONE,       false, "NXM_NX_CT_ZONE(106)"),
    /// Connection tracking mark.
    CT_MARK(         "ct_mark",                        FlowKey.CT_MARK,         32,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_CT_MARK(107)"),
    /// Connection tracking label.
    CT_LABEL(        "ct_label",                       FlowKey.CT_LABEL,         0, 128, 128, 16, BITS,  HEX,       NONE,       true,  "NXM_NX_CT_LABEL(108)"),
    /// Original protocol of a tracked connection.
    CT_NW_PROTO(     "ct_nw_proto",                    FlowKey.TUN_ERSPAN,       8,   8,   8,  1, EXACT, DEC,       CT,         false, "NXM_NX_CT_NW_PROTO(119)"),
    /// Original IPv4 source address of a tracked connection.
    CT_NW_SRC(       "ct_nw_src",                      FlowKey.CT_IPV4,         32,  32,  32,  4, BITS,  IP4,       CT,         false, "NXM_NX_CT_NW_SRC(120)"),
    /// Original IPv4 destination address of a tracked connection.
    CT_NW_DST(       "ct_nw_dst",                      FlowKey.CT_IPV4,          0,  32,  32,  4, BITS,  IP4,       CT,         false, "NXM_NX_CT_NW_DST(121)"),
    /// Original IPv6 source address of a tracked connection.
    CT_IPV6_SRC(     "ct_ipv6_src",                    FlowKey.CT_IPV6_SRC,      0, 128, 128, 16, BITS,  IP6,       CT,         false, "NXM_NX_CT_IPV6_SRC(122)"),
    /// Original IPv6 destination address of a tracked connection.
    CT_IPV6_DST(     "ct_ipv6_dst",                    FlowKey.CT_IPV6_DST,      0, 128, 128, 16, BITS,  IP6,       CT,         false, "NXM_NX_CT_IPV6_DST(123)"),
    /// Original source port of a tracked connection.
    CT_TP_SRC(       "ct_tp_src",                      FlowKey.CT_PORTS,        48,  16,  16,  2, BITS,  DEC,       CT,         false, "NXM_NX_CT_TP_SRC(124)"),
    /// Original destination port of a tracked connection.
    CT_TP_DST(       "ct_tp_dst",                      FlowKey.CT_PORTS,        32,  16,  16,  2, BITS,  DEC,       CT,         false, "NXM_NX_CT_TP_DST(125)"),
    /// Packet type; 0 for Ethernet, which all packets here are.
    PACKET_TYPE(     "packet_type",                    FlowKey.CT_PORTS,         0,  32,  32,  4, EXACT, TYPE,      NONE,       false, "OXM_OF_PACKET_TYPE(44)"),
    /// A hash that the datapath made; no controller may match it.
    DP_HASH(         "dp_hash",                        FlowKey.RECIRCULATION,   32,  32,  32,  4, BITS,  HEX,       NONE,       false, "NXM_NX_DP_HASH(35), NXOXM_ET_DP_HASH(0) since 1.5"),
    /// How often the datapath has read the packet anew; no controller may match it.
    RECIRC_ID(       "recirc_id",                      FlowKey.RECIRCULATION,    0,  32,  32,  4, EXACT, DEC,       NONE,       false, "NXM_NX_RECIRC_ID(36)"),
    /// Output port of the action set.
    ACTSET_OUTPUT(   "actset_output",                  FlowKey.ACTSET_OUTPUT,   32,  32,  32,  4, EXACT, PORT,      NONE,       false, "ONFOXM_ET_ACTSET_OUTPUT(43), OXM_OF_ACTSET_OUTPUT(43) since 1.5"),
    /// Id of the conjunctive match that was satisfied.
    CONJ_ID(         "conj_id",                        FlowKey.ACTSET_OUTPUT,    0,  32,  32,  4, EXACT, DEC,       NONE,       false, "NXM_NX_CONJ_ID(37)"),
    /// Register 0.
    REG0(            "reg0",                           FlowKey.REG0,            32,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_REG0(0)"),
    /// Register 1.
    REG1(            "reg1",                           FlowKey.REG0,             0,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_REG1(1)"),
    /// Register 2.
    REG2(            "reg2",                           FlowKey.REG0 + 1,        32,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_REG2(2)"),
    /// Register 3.
    REG3(            "reg3",                           FlowKey.REG0 + 1,         0,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_REG3(3)"),
    /// Register 4.
    REG4(            "reg4",                           FlowKey.REG0 + 2,        32,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_REG4(4)"),
    /// Register 5.
    REG5(            "reg5",                           FlowKey.REG0 + 2,         0,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_REG5(5)"),
    /// Register 6.
    REG6(            "reg6",                           FlowKey.REG0 + 3,        32,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_REG6(6)"),
    /// Register 7.
    REG7(            "reg7",                           FlowKey.REG0 + 3,         0,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_REG7(7)"),
    /// Register 8.
    REG8(            "reg8",                           FlowKey.REG0 + 4,        32,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_REG8(8)"),
    /// Register 9.
    REG9(            "reg9",                           FlowKey.REG0 + 4,         0,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_REG9(9)"),
    /// Register 10.
    REG10(           "reg10",                          FlowKey.REG0 + 5,        32,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_REG10(10)"),
    /// Register 11.
    REG11(           "reg11",                          FlowKey.REG0 + 5,         0,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_REG11(11)"),
    /// Register 12.
    REG12(           "reg12",                          FlowKey.REG0 + 6,        32,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_REG12(12)"),
    /// Register 13.
    REG13(           "reg13",                          FlowKey.REG0 + 6,         0,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_REG13(13)"),
    /// Register 14.
    REG14(           "reg14",                          FlowKey.REG0 + 7,        32,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_REG14(14)"),
    /// Register 15.
    REG15(           "reg15",                          FlowKey.REG0 + 7,         0,  32,  32,  4, BITS,  HEX,       NONE,       true,  "NXM_NX_REG15(15)"),
    /// Registers 0 and 1 as one.
    XREG0(           "xreg0",                          FlowKey.REG0,             0,  64,  64,  8, BITS,  HEX,       NONE,       true,  "OXM_OF_PKT_REG0(0)"),
    /// Registers 2 and 3 as one.
    XREG1(           "xreg1",                          FlowKey.REG0 + 1,         0,  64,  64,  8, BITS,  HEX,       NONE,       true,  "OXM_OF_PKT_REG1(1)"),
    /// Registers 4 and 5 as one.
    XREG2(           "xreg2",                          FlowKey.REG0 + 2,         0,  64,  64,  8, BITS,  HEX,       NONE,       true,  "OXM_OF_PKT_REG2(2)"),
    /// Registers 6 and 7 as one.
    XREG3(           "xreg3",                          FlowKey.REG0 + 3,         0,  64,  64,  8, BITS,  HEX,       NONE,       true,  "OXM_OF_PKT_REG3(3)"),
    /// Registers 8 and 9 as one.
    XREG4(           "xreg4",                          FlowKey.REG0 + 4,         0,  64,  64,  8, BITS,  HEX,       NONE,       true,  "OXM_OF_PKT_REG4(4)"),
    /// Registers 10 and 11 as one.
    XREG5(           "xreg5",                          FlowKey.REG0 + 5,         0,  64,  64,  8, BITS,  HEX,       NONE,       true,  "OXM_OF_PKT_REG5(5)"),
    /// Registers 12 and 13 as one.
    XREG6(           "xreg6",                          FlowKey.REG0 + 6,         0,  64,  64,  8, BITS,  HEX,       NONE,       true,  "OXM_OF_PKT_REG6(6)"),
    /// Registers 14 and 15 as one.
    XREG7(           "xreg7",                          FlowKey.REG0 + 7,         0,  64,  64,  8, BITS,  HEX,       NONE,       true,  "OXM_OF_PKT_REG7(7)"),
    /// Registers 0 to 3 as one.
    XXREG0(          "xxreg0",                         FlowKey.REG0,             0, 128, 128, 16, BITS,  HEX,       NONE,       true,  "NXM_NX_XXREG0(111)"),
    /// Registers 4 to 7 as one.
    XXREG1(          "xxreg1",                         FlowKey.REG0 + 2,         0, 128, 128, 16, BITS,  HEX,       NONE,       true,  "NXM_NX_XXREG1(112)"),
    /// Registers 8 to 11 as one.
    XXREG2(          "xxreg2",                         FlowKey.REG0 + 4,         0, 128, 128, 16, BITS,  HEX,       NONE,       true,  "NXM_NX_XXREG2(113)"),
    /// Registers 12 to 15 as one.
    XXREG3(          "xxreg3",                         FlowKey.REG0 + 6,         0, 128, 128, 16, BITS,  HEX,       NONE,       true,  "NXM_NX_XXREG3(114)"),
    /// The lower half of [#IN_PORT], which is how OpenFlow 1.0 numbers ports.
    IN_PORT_NXM(     "in_port",                        FlowKey.IN_PORT,         32,  16,  16,  2, EXACT, PORT,      NONE,       true,  "NXM_OF_IN_PORT(0)"),
    /// The byte that has [#IP_DSCP] in its upper six bits; the lower two are not told.
    IP_TOS(          "nw_tos",                         FlowKey.IP_MISC,         48,   8,   8,  1, EXACT, DEC,       IP,         true,  "NXM_OF_IP_TOS(5)");
    // spotless:on

    private static final Field[] ALL = values();

    private final List<String> names;
    private final int word;
    private final int shift;
    private final int bits;
    private final int width;
    private final int bytes;
    private final Masking masking;
    private final Notation notation;
    private final Prerequisite prerequisite;
    private final boolean writable;
    private final List<FieldHeader> headers;

    Field(
            String names,
            int word,
            int shift,
            int bits,
            int width,
            int bytes,
            Masking masking,
            Notation notation,
            Prerequisite prerequisite,
            boolean writable,
            String headers) {
        this.names = List.of(names.split(" "));
        this.word = word;
        this.shift = shift;
        this.bits = bits;
        this.width = width;
        this.bytes = bytes;
        this.masking = masking;
        this.notation = notation;
        this.prerequisite = prerequisite;
        this.writable = writable;
        this.headers = FieldHeader.list(headers);
    }

    /// The names by which a match may name it, in lower case.
    ///
    /// @return one or more
    public List<String> names() {
        return names;
    }

    /// The field's name as `ovs-ofctl` prints it.
    ///
    /// @return the name, in lower case
    public String ovsName() {
        return names.getFirst();
    }

    /// The word of the [FlowKey] that holds the field, or the first (more significant) of two.
    ///
    /// @return an index below [FlowKey#WORDS]
    public int word() {
        return word;
    }

    /// The words of the [FlowKey] that hold the field.
    ///
    /// @return a bitmap as in [Match#words]: one bit, or two for a 128-bit field
    public long words() {
        return (wide() ? 3L : 1L) << word;
    }

    /// How far the field's least significant bit lies from its word's; 0 for 128-bit fields.
    ///
    /// @return 0 to 63
    public int shift() {
        return shift;
    }

    /// The field's width in the flow key. On the wire it may be padded to more.
    ///
    /// @return bits, 1 to 128
    public int bits() {
        return bits;
    }

    /// How many bits an action may name: Open vSwitch's width of the field. Fewer than [#bits]
    /// where the upper ones are always 0 or no value, more where the upper ones are never told.
    ///
    /// @return bits, 1 to 128
    public int width() {
        return width;
    }

    /// Those of the bits that an action may name which the flow key has. The others read as 0, and
    /// writing to them has no effect. For a wide field, of one of its two words.
    ///
    /// @return a mask, not shifted
    public long held() {
        return this == IP_TOS ? 0xfc : ones();
    }

    /// The bits of a value of the field in an action, whether the flow key has them or not. For a
    /// wide field, of one of its two words.
    ///
    /// @return a mask, not shifted
    public long whole() {
        return width > bits ? (1L << width) - 1 : ones();
    }

    /// Whether this is another name for bits that other fields have.
    ///
    /// @return true for registers that are several as one, and for a few names of NXM's
    public boolean isAlias() {
        return compareTo(XREG0) >= 0;
    }

    /// The field by which a match has what this one says.
    ///
    /// @return another one for aliases that are not of registers; else this
    public Field base() {
        return switch (this) {
            case IN_PORT_NXM -> IN_PORT;
            case IP_TOS -> IP_DSCP;
            default -> this;
        };
    }

    /// What a value of this field is as one of its [#base].
    ///
    /// @param value right-aligned
    /// @return the same, or its other form
    public long toBase(long value) {
        return switch (this) {
            case IN_PORT_NXM -> Integer.toUnsignedLong(OfPort.of16((int) value));
            case IP_TOS -> value >>> 2;
            default -> value;
        };
    }

    /// What a value of this field's [#base] is as one of this.
    ///
    /// @param value right-aligned
    /// @return the same, or its other form
    public long fromBase(long value) {
        return switch (this) {
            case IN_PORT_NXM -> value & ones();
            case IP_TOS -> value << 2;
            default -> value;
        };
    }

    /// Whether the field can have a value.
    ///
    /// @param value of a field of up to 64 bits, as it is on the wire
    /// @return false if it has other bits than the field, or means nothing
    public boolean accepts(long value) {
        return switch (this) {
            case IN_PORT, ACTSET_OUTPUT -> OfPort.exists((int) value);
            case CT_STATE -> value >>> notation.flags().size() == 0;
            case NSH_TTL -> value < 64;
            case NSH_MDTYPE -> value == 1 || value == 2;
            default -> (value & ~held()) == 0;
        };
    }

    /// Whether a match may test single bits of it. Codecs refuse a mask on other fields
    /// (OFPBMC_BAD_MASK).
    ///
    /// @return true for an arbitrary mask
    public boolean maskable() {
        return masking != EXACT;
    }

    /// What a match or a set-field action on this field presupposes.
    ///
    /// @return [Prerequisite#NONE] for most
    public Prerequisite prerequisite() {
        return prerequisite;
    }

    /// Its headers on the wire.
    ///
    /// @return one or more; the later ones are preferred by newer versions
    public List<FieldHeader> headers() {
        return headers;
    }

    /// How long a value is on the wire.
    ///
    /// @return bytes, without those of a mask
    public int bytes() {
        return bytes;
    }

    /// How its values are written as text.
    ///
    /// @return the notation
    public Notation notation() {
        return notation;
    }

    /// Whether set-field, load and move may write it.
    ///
    /// @return true if writable
    public boolean writable() {
        return writable;
    }

    /// Whether Open vSwitch 3.1 takes what a match says of the field for the mask, too: it tests
    /// the bits that are 1, and nothing if none is.
    ///
    /// @return true for a few fields of tunnels
    public boolean maskedByItself() {
        return masking == SELF;
    }

    /// Whether the field takes two words.
    ///
    /// @return true for 128-bit fields
    public boolean wide() {
        return bits > 64;
    }

    /// A mask of the field's width, not shifted; for a wide field, of one of its two words.
    ///
    /// @return `bits` ones
    public long ones() {
        return bits >= 64 ? -1L : (1L << bits) - 1;
    }

    /// Reads the field, or the low half of a wide one, from a flow key.
    ///
    /// @param key [FlowKey#WORDS] words
    /// @return the value, right-aligned
    public long get(long[] key) {
        return wide() ? key[word + 1] : (key[word] >>> shift) & ones();
    }

    /// Reads the high half of a wide field.
    ///
    /// @param key [FlowKey#WORDS] words
    /// @return bits 127 to 64; 0 if the field is not wide
    public long getHigh(long[] key) {
        return wide() ? key[word] : 0;
    }

    /// Writes the field, or the low half of a wide one.
    ///
    /// @param key [FlowKey#WORDS] words, changed in place
    /// @param value right-aligned; bits beyond the field's width are dropped
    public void set(long[] key, long value) {
        if (wide()) {
            key[word + 1] = value;
        } else {
            key[word] = (key[word] & ~(ones() << shift)) | ((value & ones()) << shift);
        }
    }

    /// Writes the high half of a wide field.
    ///
    /// @param key [FlowKey#WORDS] words, changed in place
    /// @param value bits 127 to 64
    /// @throws IllegalStateException if the field is not wide
    public void setHigh(long[] key, long value) {
        if (!wide()) {
            throw new IllegalStateException(
                    "field " + ovsName() + " has " + bits + " bits, so it has no high half");
        }
        key[word] = value;
    }
}
