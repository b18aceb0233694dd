package org.skyway.openflow.model;

/// Where each header field lies in a flow key: an array of [#WORDS] longs, most significant bit
/// first within a field.
///
/// Words 0 to 15 hold what is read from the packet, 16 to 31 what the pipeline adds. Fields that
/// exclude each other by their prerequisites share bits, as in Open vSwitch's `struct flow`: ARP's
/// addresses lie where IPv4's do, its opcode where the IP protocol does, ICMP's type and code where
/// the ports do.
///
/// ```
/// word  bits 63..0
///    0  in_port:32 (32) | unused:32
///    1  eth_dst:48 | eth_type:16
///    2  eth_src:48 | vlan_tci:16 (bit 12 is set when there is a tag)
///    3  ipv4_src:32 | ipv4_dst:32
///    4  ip_proto:8 | ip_tos:8 | ip_ttl:8 | ip_frag:8 | ipv6_label:32
///    5  tp_src:16 | tp_dst:16 | tcp_flags:16 | unused:16
///  6,7  ipv6_src:128
///  8,9  ipv6_dst:128
///   10  arp_sha, nd_sll:48 | unused:16
///   11  arp_tha, nd_tll:48 | unused:16
/// 12,13 nd_target:128
///   14  mpls_lse0:32 | mpls_lse1:32
///   15  mpls_lse2:32 | inner vlan_tci:16 | inner vlan_tpid:16
///   16  metadata:64
///   17  tun_id:64
///   18  pkt_mark:32 | ct_state:32
///   19  ct_mark:32 | ct_zone:16 | unused:16
/// 20,21 ct_label:128
/// 22-29 reg0:32 | reg1:32, … reg14:32 | reg15:32
///   30  actset_output:32 | conj_id:32
///   31  tun_src:32 | tun_dst:32
/// ```
public final class FlowKey {
    /// Words in a flow key.
    public static final int WORDS = 32;

    /// Words that can be filled by parsing a packet; the later ones are zero when it enters the
    /// pipeline.
    public static final int PACKET_WORDS = 16;

    /// Word of the ingress port.
    public static final int IN_PORT = 0;

    /// Word of the destination MAC address and the Ethernet type.
    public static final int ETH_DST_TYPE = 1;

    /// Word of the source MAC address and the outer VLAN tag.
    public static final int ETH_SRC_VLAN = 2;

    /// Word of the IPv4 (or ARP protocol) addresses.
    public static final int IPV4 = 3;

    /// Word of the IP protocol, TOS, TTL, fragment bits and IPv6 flow label.
    public static final int IP_MISC = 4;

    /// Word of the transport ports and TCP flags.
    public static final int TRANSPORT = 5;

    /// First of the two words of the IPv6 source address.
    public static final int IPV6_SRC = 6;

    /// First of the two words of the IPv6 destination address.
    public static final int IPV6_DST = 8;

    /// Word of the ARP sender or ND source link-layer address.
    public static final int ARP_SHA = 10;

    /// Word of the ARP target or ND target link-layer address.
    public static final int ARP_THA = 11;

    /// First of the two words of the ND target address.
    public static final int ND_TARGET = 12;

    /// Word of the two outer MPLS label stack entries.
    public static final int MPLS = 14;

    /// Word of the third MPLS label stack entry and the inner VLAN tag.
    public static final int MPLS_INNER_VLAN = 15;

    /// Word of the OpenFlow metadata.
    public static final int METADATA = 16;

    /// Word of the tunnel id.
    public static final int TUN_ID = 17;

    /// Word of the packet mark and the connection tracking state.
    public static final int PKT_MARK = 18;

    /// Word of the connection tracking mark and zone.
    public static final int CT_MARK = 19;

    /// First of the two words of the connection tracking label.
    public static final int CT_LABEL = 20;

    /// First of the eight words of the registers.
    public static final int REG0 = 22;

    /// Word of the action set's output port and the conjunction id.
    public static final int ACTSET_OUTPUT = 30;

    /// Word of the tunnel's IPv4 addresses.
    public static final int TUN_IPV4 = 31;

    /// The bit of `vlan_tci` that says that there is a tag (OFPVID_PRESENT).
    public static final int VLAN_PRESENT = 0x1000;

    /// `ip_frag`: the packet is any fragment (NX_IP_FRAG_ANY).
    public static final int FRAG_ANY = 1;

    /// `ip_frag`: the packet is a fragment other than the first (NX_IP_FRAG_LATER).
    public static final int FRAG_LATER = 2;

    /// `eth_type` of an 802.2 frame without a SNAP header, which has none
    /// (OFP_DL_TYPE_NOT_ETH_TYPE).
    public static final int ETH_TYPE_NONE = 0x05ff;

    private FlowKey() {}
}
