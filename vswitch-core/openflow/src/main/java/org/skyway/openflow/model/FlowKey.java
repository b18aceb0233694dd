package org.skyway.openflow.model;

/// Where each header field lies in a flow key: an array of [#WORDS] longs, most significant bit
/// first within a field.
///
/// Words 0 to 15 hold what is read from the packet, the others what the pipeline adds. Fields that
/// exclude each other by their prerequisites share bits, as in Open vSwitch's `struct flow`: ARP's
/// addresses lie where IPv4's do, its opcode where the IP protocol does, ICMP's type and code where
/// the ports do, the fields of an NSH header where IPv6's addresses do, and those of neighbour
/// discovery that are no addresses where IPv4's are.
///
/// ```
/// word  bits 63..0
///    0  in_port:32 (32) | unused:32
///    1  eth_dst:48 | eth_type:16
///    2  eth_src:48 | vlan_tci:16 (bit 12 is set when there is a tag)
///    3  ipv4_src:32 | ipv4_dst:32; nd_reserved:32 | unused:24 | nd_options_type:8
///    4  ip_proto:8 | ip_tos:8 | ip_ttl:8 | ip_frag:8 | ipv6_label:32
///    5  tp_src:16 | tp_dst:16 | tcp_flags:16 | unused:16
///  6,7  ipv6_src:128; nsh_flags:8 | nsh_ttl:8 | nsh_mdtype:8 | nsh_np:8 | nsh_spi:24 | nsh_si:8
///  8,9  ipv6_dst:128; nsh_c1:32 | nsh_c2:32, nsh_c3:32 | nsh_c4:32
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
/// 32,33 tun_ipv6_src:128
/// 34,35 tun_ipv6_dst:128
///   36  tun_flags:16 | tun_gbp_id:16 | tun_gbp_flags:8 | gtpu_flags:8 | gtpu_msgtype:8 | hwid:8
///   37  erspan_idx:32 | erspan_ver:8 | erspan_dir:8 | ct_nw_proto:8 | unused:8
///   38  ct_nw_src:32 | ct_nw_dst:32
/// 39,40 ct_ipv6_src:128
/// 41,42 ct_ipv6_dst:128
///   43  ct_tp_src:16 | ct_tp_dst:16 | packet_type:32
///   44  dp_hash:32 | recirc_id:32
/// ```
public final class FlowKey {
    /// Words in a flow key.
    public static final int WORDS = 45;

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

    /// First of the two words of the tunnel's IPv6 source address.
    public static final int TUN_IPV6_SRC = 32;

    /// First of the two words of the tunnel's IPv6 destination address.
    public static final int TUN_IPV6_DST = 34;

    /// Word of what else VXLAN and GTP tunnels have.
    public static final int TUN_OTHER = 36;

    /// Word of what ERSPAN tunnels have, and of the original protocol of a tracked connection.
    public static final int TUN_ERSPAN = 37;

    /// Word of the original IPv4 addresses of a tracked connection.
    public static final int CT_IPV4 = 38;

    /// First of the two words of the original IPv6 source address of a tracked connection.
    public static final int CT_IPV6_SRC = 39;

    /// First of the two words of the original IPv6 destination address of a tracked connection.
    public static final int CT_IPV6_DST = 41;

    /// Word of the original ports of a tracked connection, and of the packet type.
    public static final int CT_PORTS = 43;

    /// Word of what Open vSwitch's datapath tells itself, always 0.
    public static final int RECIRCULATION = 44;

    /// Word of the flags, TTL, type, next protocol, path and index of an NSH header.
    public static final int NSH = 6;

    /// First of the two words of the context headers of an NSH header.
    public static final int NSH_CONTEXT = 8;

    /// Ethernet type of an NSH header.
    public static final int ETH_TYPE_NSH = 0x894f;

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
