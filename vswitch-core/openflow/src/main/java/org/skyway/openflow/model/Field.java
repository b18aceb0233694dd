package org.skyway.openflow.model;

/// Every header and metadata field, one row each: its name in `ovs-ofctl`, its place in the
/// [FlowKey], its width for actions if that is another, whether a match may mask it, what a match
/// on it presupposes, its OXM and NXM headers, and whether actions may write it.
///
/// Some rows are other names for bits that earlier rows have, in another width: [#isAlias]. An
/// action keeps the name by which it was given; a match has only the [#base].
///
/// Sources: OpenFlow 1.3.5, "Flow Match Field Structures"; Nicira Extended Match as in Open
/// vSwitch's `ovs-fields(7)`.
public enum Field {
    /// Ingress port.
    IN_PORT("in_port", FlowKey.IN_PORT, 32, 32, false, Prerequisite.NONE, oxm(0), 0, true),
    /// OpenFlow metadata, passed between tables.
    METADATA("metadata", FlowKey.METADATA, 0, 64, true, Prerequisite.NONE, oxm(2), 0, true),
    /// Destination MAC address.
    ETH_DST(
            "eth_dst",
            FlowKey.ETH_DST_TYPE,
            16,
            48,
            true,
            Prerequisite.NONE,
            oxm(3),
            nxm0(1),
            true),
    /// Source MAC address.
    ETH_SRC(
            "eth_src",
            FlowKey.ETH_SRC_VLAN,
            16,
            48,
            true,
            Prerequisite.NONE,
            oxm(4),
            nxm0(2),
            true),
    /// Ethernet type after any VLAN tags.
    ETH_TYPE(
            "eth_type",
            FlowKey.ETH_DST_TYPE,
            0,
            16,
            false,
            Prerequisite.NONE,
            oxm(5),
            nxm0(3),
            false),
    /// Whole VLAN tag control information; 0 when there is no tag.
    VLAN_TCI("vlan_tci", FlowKey.ETH_SRC_VLAN, 0, 16, true, Prerequisite.NONE, 0, nxm0(4), true),
    /// VLAN id and the bit that says that there is a tag.
    VLAN_VID("vlan_vid", FlowKey.ETH_SRC_VLAN, 0, 13, 12, true, Prerequisite.NONE, oxm(6), 0, true),
    /// VLAN priority.
    VLAN_PCP("vlan_pcp", FlowKey.ETH_SRC_VLAN, 13, 3, false, Prerequisite.VLAN, oxm(7), 0, true),
    /// Differentiated services code point.
    IP_DSCP("ip_dscp", FlowKey.IP_MISC, 50, 6, false, Prerequisite.IP, oxm(8), 0, true),
    /// Explicit congestion notification.
    IP_ECN("nw_ecn", FlowKey.IP_MISC, 48, 2, false, Prerequisite.IP, oxm(9), nxm1(28), true),
    /// IP protocol.
    IP_PROTO("nw_proto", FlowKey.IP_MISC, 56, 8, false, Prerequisite.IP, oxm(10), nxm0(6), false),
    /// IP time to live or hop limit.
    IP_TTL("nw_ttl", FlowKey.IP_MISC, 40, 8, false, Prerequisite.IP, 0, nxm1(29), true),
    /// Fragment bits: [FlowKey#FRAG_ANY], [FlowKey#FRAG_LATER].
    IP_FRAG("ip_frag", FlowKey.IP_MISC, 32, 2, true, Prerequisite.IP, 0, nxm1(26), false),
    /// IPv4 source address.
    IPV4_SRC("nw_src", FlowKey.IPV4, 32, 32, true, Prerequisite.IPV4, oxm(11), nxm0(7), true),
    /// IPv4 destination address.
    IPV4_DST("nw_dst", FlowKey.IPV4, 0, 32, true, Prerequisite.IPV4, oxm(12), nxm0(8), true),
    /// TCP source port.
    TCP_SRC("tcp_src", FlowKey.TRANSPORT, 48, 16, true, Prerequisite.TCP, oxm(13), nxm0(9), true),
    /// TCP destination port.
    TCP_DST("tcp_dst", FlowKey.TRANSPORT, 32, 16, true, Prerequisite.TCP, oxm(14), nxm0(10), true),
    /// UDP source port.
    UDP_SRC("udp_src", FlowKey.TRANSPORT, 48, 16, true, Prerequisite.UDP, oxm(15), nxm0(11), true),
    /// UDP destination port.
    UDP_DST("udp_dst", FlowKey.TRANSPORT, 32, 16, true, Prerequisite.UDP, oxm(16), nxm0(12), true),
    /// SCTP source port.
    SCTP_SRC("sctp_src", FlowKey.TRANSPORT, 48, 16, true, Prerequisite.SCTP, oxm(17), 0, true),
    /// SCTP destination port.
    SCTP_DST("sctp_dst", FlowKey.TRANSPORT, 32, 16, true, Prerequisite.SCTP, oxm(18), 0, true),
    /// TCP flags.
    TCP_FLAGS(
            "tcp_flags",
            FlowKey.TRANSPORT,
            16,
            12,
            true,
            Prerequisite.TCP,
            oxm(42),
            nxm1(34),
            false),
    /// ICMP type, one byte on the wire.
    ICMPV4_TYPE(
            "icmp_type",
            FlowKey.TRANSPORT,
            48,
            16,
            8,
            false,
            Prerequisite.ICMPV4,
            oxm(19),
            nxm0(13),
            true),
    /// ICMP code, one byte on the wire.
    ICMPV4_CODE(
            "icmp_code",
            FlowKey.TRANSPORT,
            32,
            16,
            8,
            false,
            Prerequisite.ICMPV4,
            oxm(20),
            nxm0(14),
            true),
    /// ARP opcode, two bytes on the wire; 0 when it is over 255.
    ARP_OP("arp_op", FlowKey.IP_MISC, 56, 8, 16, false, Prerequisite.ARP, oxm(21), nxm0(15), true),
    /// ARP sender protocol address.
    ARP_SPA("arp_spa", FlowKey.IPV4, 32, 32, true, Prerequisite.ARP, oxm(22), nxm0(16), true),
    /// ARP target protocol address.
    ARP_TPA("arp_tpa", FlowKey.IPV4, 0, 32, true, Prerequisite.ARP, oxm(23), nxm0(17), true),
    /// ARP sender hardware address.
    ARP_SHA("arp_sha", FlowKey.ARP_SHA, 16, 48, true, Prerequisite.ARP, oxm(24), nxm1(17), true),
    /// ARP target hardware address.
    ARP_THA("arp_tha", FlowKey.ARP_THA, 16, 48, true, Prerequisite.ARP, oxm(25), nxm1(18), true),
    /// IPv6 source address.
    IPV6_SRC(
            "ipv6_src", FlowKey.IPV6_SRC, 0, 128, true, Prerequisite.IPV6, oxm(26), nxm1(19), true),
    /// IPv6 destination address.
    IPV6_DST(
            "ipv6_dst", FlowKey.IPV6_DST, 0, 128, true, Prerequisite.IPV6, oxm(27), nxm1(20), true),
    /// IPv6 flow label, four bytes on the wire.
    IPV6_LABEL(
            "ipv6_label", FlowKey.IP_MISC, 0, 20, true, Prerequisite.IPV6, oxm(28), nxm1(27), true),
    /// ICMPv6 type, one byte on the wire.
    ICMPV6_TYPE(
            "icmpv6_type",
            FlowKey.TRANSPORT,
            48,
            16,
            8,
            false,
            Prerequisite.ICMPV6,
            oxm(29),
            nxm1(21),
            true),
    /// ICMPv6 code, one byte on the wire.
    ICMPV6_CODE(
            "icmpv6_code",
            FlowKey.TRANSPORT,
            32,
            16,
            8,
            false,
            Prerequisite.ICMPV6,
            oxm(30),
            nxm1(22),
            true),
    /// Neighbour discovery target address.
    ND_TARGET(
            "nd_target", FlowKey.ND_TARGET, 0, 128, true, Prerequisite.ND, oxm(31), nxm1(23), true),
    /// Neighbour discovery source link-layer address.
    ND_SLL(
            "nd_sll",
            FlowKey.ARP_SHA,
            16,
            48,
            true,
            Prerequisite.ND_SOLICIT,
            oxm(32),
            nxm1(24),
            true),
    /// Neighbour discovery target link-layer address.
    ND_TLL(
            "nd_tll",
            FlowKey.ARP_THA,
            16,
            48,
            true,
            Prerequisite.ND_ADVERT,
            oxm(33),
            nxm1(25),
            true),
    /// Reserved word of neighbour discovery; of an advertisement, its flags.
    ND_RESERVED("nd_reserved", FlowKey.IPV4, 32, 32, false, Prerequisite.ND, 0, ericsson(1), true),
    /// Type of the first link-layer address option of neighbour discovery.
    ND_OPTIONS_TYPE(
            "nd_options_type", FlowKey.IPV4, 0, 8, false, Prerequisite.ND, 0, ericsson(2), true),
    /// Flags of a network service header.
    NSH_FLAGS("nsh_flags", FlowKey.NSH, 56, 8, true, Prerequisite.NSH, 0, extension(1), true),
    /// Time to live of a network service header.
    NSH_TTL("nsh_ttl", FlowKey.NSH, 48, 8, true, Prerequisite.NSH, 0, extension(10), true),
    /// Metadata type of a network service header.
    NSH_MDTYPE("nsh_mdtype", FlowKey.NSH, 40, 8, false, Prerequisite.NSH, 0, extension(2), false),
    /// Next protocol of a network service header.
    NSH_NP("nsh_np", FlowKey.NSH, 32, 8, false, Prerequisite.NSH, 0, extension(3), false),
    /// Service path id of a network service header, four bytes on the wire.
    NSH_SPI("nsh_spi", FlowKey.NSH, 8, 24, false, Prerequisite.NSH, 0, extension(4), true),
    /// Service index of a network service header.
    NSH_SI("nsh_si", FlowKey.NSH, 0, 8, false, Prerequisite.NSH, 0, extension(5), true),
    /// Context header 1 of a network service header.
    NSH_C1("nsh_c1", FlowKey.NSH_CONTEXT, 32, 32, true, Prerequisite.NSH, 0, extension(6), true),
    /// Context header 2 of a network service header.
    NSH_C2("nsh_c2", FlowKey.NSH_CONTEXT, 0, 32, true, Prerequisite.NSH, 0, extension(7), true),
    /// Context header 3 of a network service header.
    NSH_C3(
            "nsh_c3",
            FlowKey.NSH_CONTEXT + 1,
            32,
            32,
            true,
            Prerequisite.NSH,
            0,
            extension(8),
            true),
    /// Context header 4 of a network service header.
    NSH_C4("nsh_c4", FlowKey.NSH_CONTEXT + 1, 0, 32, true, Prerequisite.NSH, 0, extension(9), true),
    /// Outermost MPLS label.
    MPLS_LABEL("mpls_label", FlowKey.MPLS, 44, 20, false, Prerequisite.MPLS, oxm(34), 0, true),
    /// Outermost MPLS traffic class.
    MPLS_TC("mpls_tc", FlowKey.MPLS, 41, 3, false, Prerequisite.MPLS, oxm(35), 0, true),
    /// Bottom of stack bit of the outermost MPLS label.
    MPLS_BOS("mpls_bos", FlowKey.MPLS, 40, 1, false, Prerequisite.MPLS, oxm(36), 0, false),
    /// Outermost MPLS time to live.
    MPLS_TTL("mpls_ttl", FlowKey.MPLS, 32, 8, false, Prerequisite.MPLS, 0, nxm1(30), true),
    /// Tunnel id.
    TUN_ID("tun_id", FlowKey.TUN_ID, 0, 64, true, Prerequisite.NONE, oxm(38), nxm1(16), true),
    /// Tunnel IPv4 source address.
    TUN_SRC("tun_src", FlowKey.TUN_IPV4, 32, 32, true, Prerequisite.NONE, 0, nxm1(31), true),
    /// Tunnel IPv4 destination address.
    TUN_DST("tun_dst", FlowKey.TUN_IPV4, 0, 32, true, Prerequisite.NONE, 0, nxm1(32), true),
    /// Tunnel IPv6 source address.
    TUN_IPV6_SRC(
            "tun_ipv6_src",
            FlowKey.TUN_IPV6_SRC,
            0,
            128,
            true,
            Prerequisite.NONE,
            0,
            nxm1(109),
            true),
    /// Tunnel IPv6 destination address.
    TUN_IPV6_DST(
            "tun_ipv6_dst",
            FlowKey.TUN_IPV6_DST,
            0,
            128,
            true,
            Prerequisite.NONE,
            0,
            nxm1(110),
            true),
    /// Tunnel flags, two bytes on the wire.
    TUN_FLAGS("tun_flags", FlowKey.TUN_OTHER, 48, 1, true, Prerequisite.NONE, 0, nxm1(104), true),
    /// VXLAN group policy id.
    TUN_GBP_ID("tun_gbp_id", FlowKey.TUN_OTHER, 32, 16, true, Prerequisite.NONE, 0, nxm1(38), true),
    /// VXLAN group policy flags.
    TUN_GBP_FLAGS(
            "tun_gbp_flags", FlowKey.TUN_OTHER, 24, 8, true, Prerequisite.NONE, 0, nxm1(39), true),
    /// ERSPAN index, four bytes on the wire.
    TUN_ERSPAN_IDX(
            "tun_erspan_idx",
            FlowKey.TUN_ERSPAN,
            32,
            32,
            20,
            true,
            Prerequisite.NONE,
            0,
            extension(11),
            true),
    /// ERSPAN version.
    TUN_ERSPAN_VER(
            "tun_erspan_ver",
            FlowKey.TUN_ERSPAN,
            24,
            8,
            4,
            true,
            Prerequisite.NONE,
            0,
            extension(12),
            true),
    /// ERSPAN direction.
    TUN_ERSPAN_DIR(
            "tun_erspan_dir",
            FlowKey.TUN_ERSPAN,
            16,
            8,
            1,
            true,
            Prerequisite.NONE,
            0,
            extension(13),
            true),
    /// ERSPAN hardware id.
    TUN_ERSPAN_HWID(
            "tun_erspan_hwid",
            FlowKey.TUN_OTHER,
            0,
            8,
            6,
            true,
            Prerequisite.NONE,
            0,
            extension(14),
            true),
    /// Flags of a GTP-U header.
    TUN_GTPU_FLAGS(
            "tun_gtpu_flags",
            FlowKey.TUN_OTHER,
            16,
            8,
            true,
            Prerequisite.NONE,
            0,
            extension(15),
            false),
    /// Message type of a GTP-U header.
    TUN_GTPU_MSGTYPE(
            "tun_gtpu_msgtype",
            FlowKey.TUN_OTHER,
            8,
            8,
            true,
            Prerequisite.NONE,
            0,
            extension(16),
            false),
    /// Packet mark.
    PKT_MARK("pkt_mark", FlowKey.PKT_MARK, 32, 32, true, Prerequisite.NONE, 0, nxm1(33), true),
    /// Connection tracking state.
    CT_STATE("ct_state", FlowKey.PKT_MARK, 0, 32, true, Prerequisite.NONE, 0, nxm1(105), false),
    /// Connection tracking zone.
    CT_ZONE("ct_zone", FlowKey.CT_MARK, 16, 16, false, Prerequisite.NONE, 0, nxm1(106), false),
    /// Connection tracking mark.
    CT_MARK("ct_mark", FlowKey.CT_MARK, 32, 32, true, Prerequisite.NONE, 0, nxm1(107), true),
    /// Connection tracking label.
    CT_LABEL("ct_label", FlowKey.CT_LABEL, 0, 128, true, Prerequisite.NONE, 0, nxm1(108), true),
    /// Original protocol of a tracked connection.
    CT_NW_PROTO(
            "ct_nw_proto", FlowKey.TUN_ERSPAN, 8, 8, false, Prerequisite.CT, 0, nxm1(119), false),
    /// Original IPv4 source address of a tracked connection.
    CT_NW_SRC("ct_nw_src", FlowKey.CT_IPV4, 32, 32, true, Prerequisite.CT, 0, nxm1(120), false),
    /// Original IPv4 destination address of a tracked connection.
    CT_NW_DST("ct_nw_dst", FlowKey.CT_IPV4, 0, 32, true, Prerequisite.CT, 0, nxm1(121), false),
    /// Original IPv6 source address of a tracked connection.
    CT_IPV6_SRC(
            "ct_ipv6_src", FlowKey.CT_IPV6_SRC, 0, 128, true, Prerequisite.CT, 0, nxm1(122), false),
    /// Original IPv6 destination address of a tracked connection.
    CT_IPV6_DST(
            "ct_ipv6_dst", FlowKey.CT_IPV6_DST, 0, 128, true, Prerequisite.CT, 0, nxm1(123), false),
    /// Original source port of a tracked connection.
    CT_TP_SRC("ct_tp_src", FlowKey.CT_PORTS, 48, 16, true, Prerequisite.CT, 0, nxm1(124), false),
    /// Original destination port of a tracked connection.
    CT_TP_DST("ct_tp_dst", FlowKey.CT_PORTS, 32, 16, true, Prerequisite.CT, 0, nxm1(125), false),
    /// Packet type; 0 for Ethernet, which all packets here are.
    PACKET_TYPE(
            "packet_type", FlowKey.CT_PORTS, 0, 32, false, Prerequisite.NONE, oxm(44), 0, false),
    /// A hash that the datapath made; no controller may match it.
    DP_HASH("dp_hash", FlowKey.RECIRCULATION, 32, 32, true, Prerequisite.NONE, 0, nxm1(35), false),
    /// How often the datapath has read the packet anew; no controller may match it.
    RECIRC_ID(
            "recirc_id",
            FlowKey.RECIRCULATION,
            0,
            32,
            false,
            Prerequisite.NONE,
            0,
            nxm1(36),
            false),
    /// Output port of the action set.
    ACTSET_OUTPUT(
            "actset_output",
            FlowKey.ACTSET_OUTPUT,
            32,
            32,
            false,
            Prerequisite.NONE,
            oxm(43),
            0,
            false),
    /// Id of the conjunctive match that was satisfied.
    CONJ_ID("conj_id", FlowKey.ACTSET_OUTPUT, 0, 32, false, Prerequisite.NONE, 0, nxm1(37), false),
    /// Register 0.
    REG0("reg0", FlowKey.REG0, 32, 32, true, Prerequisite.NONE, 0, nxm1(0), true),
    /// Register 1.
    REG1("reg1", FlowKey.REG0, 0, 32, true, Prerequisite.NONE, 0, nxm1(1), true),
    /// Register 2.
    REG2("reg2", FlowKey.REG0 + 1, 32, 32, true, Prerequisite.NONE, 0, nxm1(2), true),
    /// Register 3.
    REG3("reg3", FlowKey.REG0 + 1, 0, 32, true, Prerequisite.NONE, 0, nxm1(3), true),
    /// Register 4.
    REG4("reg4", FlowKey.REG0 + 2, 32, 32, true, Prerequisite.NONE, 0, nxm1(4), true),
    /// Register 5.
    REG5("reg5", FlowKey.REG0 + 2, 0, 32, true, Prerequisite.NONE, 0, nxm1(5), true),
    /// Register 6.
    REG6("reg6", FlowKey.REG0 + 3, 32, 32, true, Prerequisite.NONE, 0, nxm1(6), true),
    /// Register 7.
    REG7("reg7", FlowKey.REG0 + 3, 0, 32, true, Prerequisite.NONE, 0, nxm1(7), true),
    /// Register 8.
    REG8("reg8", FlowKey.REG0 + 4, 32, 32, true, Prerequisite.NONE, 0, nxm1(8), true),
    /// Register 9.
    REG9("reg9", FlowKey.REG0 + 4, 0, 32, true, Prerequisite.NONE, 0, nxm1(9), true),
    /// Register 10.
    REG10("reg10", FlowKey.REG0 + 5, 32, 32, true, Prerequisite.NONE, 0, nxm1(10), true),
    /// Register 11.
    REG11("reg11", FlowKey.REG0 + 5, 0, 32, true, Prerequisite.NONE, 0, nxm1(11), true),
    /// Register 12.
    REG12("reg12", FlowKey.REG0 + 6, 32, 32, true, Prerequisite.NONE, 0, nxm1(12), true),
    /// Register 13.
    REG13("reg13", FlowKey.REG0 + 6, 0, 32, true, Prerequisite.NONE, 0, nxm1(13), true),
    /// Register 14.
    REG14("reg14", FlowKey.REG0 + 7, 32, 32, true, Prerequisite.NONE, 0, nxm1(14), true),
    /// Register 15.
    REG15("reg15", FlowKey.REG0 + 7, 0, 32, true, Prerequisite.NONE, 0, nxm1(15), true),
    /// Registers 0 and 1 as one.
    XREG0("xreg0", FlowKey.REG0, 0, 64, true, Prerequisite.NONE, packetRegs(0), 0, true),
    /// Registers 2 and 3 as one.
    XREG1("xreg1", FlowKey.REG0 + 1, 0, 64, true, Prerequisite.NONE, packetRegs(1), 0, true),
    /// Registers 4 and 5 as one.
    XREG2("xreg2", FlowKey.REG0 + 2, 0, 64, true, Prerequisite.NONE, packetRegs(2), 0, true),
    /// Registers 6 and 7 as one.
    XREG3("xreg3", FlowKey.REG0 + 3, 0, 64, true, Prerequisite.NONE, packetRegs(3), 0, true),
    /// Registers 8 and 9 as one.
    XREG4("xreg4", FlowKey.REG0 + 4, 0, 64, true, Prerequisite.NONE, packetRegs(4), 0, true),
    /// Registers 10 and 11 as one.
    XREG5("xreg5", FlowKey.REG0 + 5, 0, 64, true, Prerequisite.NONE, packetRegs(5), 0, true),
    /// Registers 12 and 13 as one.
    XREG6("xreg6", FlowKey.REG0 + 6, 0, 64, true, Prerequisite.NONE, packetRegs(6), 0, true),
    /// Registers 14 and 15 as one.
    XREG7("xreg7", FlowKey.REG0 + 7, 0, 64, true, Prerequisite.NONE, packetRegs(7), 0, true),
    /// Registers 0 to 3 as one.
    XXREG0("xxreg0", FlowKey.REG0, 0, 128, true, Prerequisite.NONE, 0, nxm1(111), true),
    /// Registers 4 to 7 as one.
    XXREG1("xxreg1", FlowKey.REG0 + 2, 0, 128, true, Prerequisite.NONE, 0, nxm1(112), true),
    /// Registers 8 to 11 as one.
    XXREG2("xxreg2", FlowKey.REG0 + 4, 0, 128, true, Prerequisite.NONE, 0, nxm1(113), true),
    /// Registers 12 to 15 as one.
    XXREG3("xxreg3", FlowKey.REG0 + 6, 0, 128, true, Prerequisite.NONE, 0, nxm1(114), true),
    /// The lower half of [#IN_PORT], which is how OpenFlow 1.0 numbers ports.
    IN_PORT_NXM("in_port", FlowKey.IN_PORT, 32, 16, false, Prerequisite.NONE, 0, nxm0(0), true),
    /// The byte that has [#IP_DSCP] in its upper six bits; the lower two are not told.
    IP_TOS("nw_tos", FlowKey.IP_MISC, 48, 8, false, Prerequisite.IP, 0, nxm0(5), true);

    private static final Field[] ALL = values();

    private final String ovsName;
    private final int word;
    private final int shift;
    private final int bits;
    private final int width;
    private final boolean maskable;
    private final Prerequisite prerequisite;
    private final int oxm;
    private final int nxm;
    private final boolean writable;

    Field(
            String ovsName,
            int word,
            int shift,
            int bits,
            boolean maskable,
            Prerequisite prerequisite,
            int oxm,
            int nxm,
            boolean writable) {
        this(ovsName, word, shift, bits, bits, maskable, prerequisite, oxm, nxm, writable);
    }

    Field(
            String ovsName,
            int word,
            int shift,
            int bits,
            int width,
            boolean maskable,
            Prerequisite prerequisite,
            int oxm,
            int nxm,
            boolean writable) {
        this.ovsName = ovsName;
        this.word = word;
        this.shift = shift;
        this.bits = bits;
        this.width = width;
        this.maskable = maskable;
        this.prerequisite = prerequisite;
        this.oxm = oxm;
        this.nxm = nxm;
        this.writable = writable;
    }

    /// The field's name as `ovs-ofctl` prints it.
    ///
    /// @return the name, in lower case
    public String ovsName() {
        return ovsName;
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

    /// Whether a match may test single bits of it. Codecs refuse a mask on other fields
    /// (OFPBMC_BAD_MASK).
    ///
    /// @return true for an arbitrary mask
    public boolean maskable() {
        return maskable;
    }

    /// What a match or a set-field action on this field presupposes.
    ///
    /// @return [Prerequisite#NONE] for most
    public Prerequisite prerequisite() {
        return prerequisite;
    }

    /// The upper 23 bits of the OXM header (class and field), shifted into place: has-mask and
    /// length are 0.
    ///
    /// @return the header, or 0 if the field has no OXM form
    public int oxmHeader() {
        return oxm;
    }

    /// The same for the NXM header. `NXM_OF_IN_PORT` is the one field that has header 0 there.
    ///
    /// @return the header; 0 means none unless this is [#IN_PORT_NXM]
    public int nxmHeader() {
        return nxm;
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
        return switch (this) {
            case TUN_ERSPAN_VER, TUN_ERSPAN_DIR, TUN_ERSPAN_HWID -> true;
            case TUN_GTPU_FLAGS, TUN_GTPU_MSGTYPE -> true;
            default -> false;
        };
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
                    "field " + ovsName + " has " + bits + " bits, so it has no high half");
        }
        key[word] = value;
    }

    /// Register `i`.
    ///
    /// @param i 0 to 15
    /// @return the field
    /// @throws IndexOutOfBoundsException if there is no such register
    public static Field reg(int i) {
        return ALL[REG0.ordinal() + java.util.Objects.checkIndex(i, 16)];
    }

    private static int oxm(int field) {
        return 0x8000 << 16 | field << 9;
    }

    private static int packetRegs(int field) {
        return 0x8001 << 16 | field << 9;
    }

    private static int ericsson(int field) {
        return 0x1000 << 16 | field << 9;
    }

    /// The class of extensions whose header goes on with their vendor.
    private static int extension(int field) {
        return 0xffff << 16 | field << 9;
    }

    private static int nxm0(int field) {
        return field << 9;
    }

    private static int nxm1(int field) {
        return 1 << 16 | field << 9;
    }
}
