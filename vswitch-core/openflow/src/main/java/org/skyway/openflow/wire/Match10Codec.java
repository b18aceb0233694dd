package org.skyway.openflow.wire;

import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;

/// OpenFlow 1.0's `ofp_match`: a fixed structure of 40 bytes with a bit map of wildcards (OpenFlow
/// 1.0.1, "Flow Match Structures").
final class Match10Codec {
    /// All wildcard bits: a match without any of them is exact.
    static final int ALL = (1 << 22) - 1;

    private static final int IN_PORT = 1;
    private static final int VLAN = 1 << 1;
    private static final int DL_SRC = 1 << 2;
    private static final int DL_DST = 1 << 3;
    private static final int DL_TYPE = 1 << 4;
    private static final int NW_PROTO = 1 << 5;
    private static final int TP_SRC = 1 << 6;
    private static final int TP_DST = 1 << 7;
    private static final int NW_SRC_SHIFT = 8;
    private static final int NW_DST_SHIFT = 14;
    private static final int VLAN_PCP = 1 << 20;
    private static final int NW_TOS = 1 << 21;

    private static final int VLAN_NONE = 0xffff;

    private Match10Codec() {}

    /// Reads a match, without what its prerequisites rule out.
    static Match get(WireReader in) {
        int wildcards = in.s32() & ALL;
        Match.Builder m = Match.builder();
        int inPort = PortNumbers.from16(in.u16());
        long dlSrc = in.u48();
        long dlDst = in.u48();
        int vlan = in.u16();
        int pcp = in.u8();
        in.skip(1);
        int type = in.u16();
        int tos = in.u8();
        int proto = in.u8();
        in.skip(2);
        long nwSrc = in.u32();
        long nwDst = in.u32();
        int tpSrc = in.u16();
        int tpDst = in.u16();
        if ((wildcards & IN_PORT) == 0) {
            m.exact(Field.IN_PORT, inPort & 0xffffffffL);
        }
        if ((wildcards & DL_SRC) == 0) {
            m.exact(Field.ETH_SRC, dlSrc);
        }
        if ((wildcards & DL_DST) == 0) {
            m.exact(Field.ETH_DST, dlDst);
        }
        vlan(m, wildcards, vlan, pcp);
        if ((wildcards & DL_TYPE) != 0) {
            return m.build();
        }
        m.exact(Field.ETH_TYPE, type);
        boolean ipv4 = type == 0x0800;
        boolean ipv6 = type == 0x86dd;
        boolean arp = type == 0x0806 || type == 0x8035;
        if ((ipv4 || ipv6) && (wildcards & NW_TOS) == 0) {
            m.exact(Field.IP_DSCP, tos >>> 2);
        }
        if ((ipv4 || ipv6 || arp) && (wildcards & NW_PROTO) == 0) {
            m.exact(Field.IP_PROTO, proto);
        }
        if (ipv4 || arp) {
            m.masked(Field.IPV4_SRC, nwSrc, prefix(wildcards >>> NW_SRC_SHIFT));
            m.masked(Field.IPV4_DST, nwDst, prefix(wildcards >>> NW_DST_SHIFT));
        }
        if ((wildcards & NW_PROTO) == 0 && hasPorts(ipv4, ipv6, proto)) {
            if ((wildcards & TP_SRC) == 0) {
                m.exact(Field.TCP_SRC, tpSrc);
            }
            if ((wildcards & TP_DST) == 0) {
                m.exact(Field.TCP_DST, tpDst);
            }
        }
        return m.build();
    }

    private static boolean hasPorts(boolean ipv4, boolean ipv6, int proto) {
        return (ipv4 || ipv6) && (proto == 6 || proto == 17 || proto == 132)
                || ipv4 && proto == 1
                || ipv6 && proto == 58;
    }

    private static void vlan(Match.Builder m, int wildcards, int vlan, int pcp) {
        int mask = 0;
        if ((wildcards & VLAN_PCP) == 0) {
            mask |= 0xe000 | FlowKey.VLAN_PRESENT;
        }
        if ((wildcards & VLAN) == 0) {
            mask |= 0x0fff | FlowKey.VLAN_PRESENT;
        }
        if ((wildcards & VLAN) == 0 && vlan == VLAN_NONE) {
            m.masked(Field.VLAN_TCI, 0, 0xffff);
        } else {
            int tci = vlan & 0x0fff | pcp << 13 & 0xe000 | FlowKey.VLAN_PRESENT;
            m.masked(Field.VLAN_TCI, tci, mask);
        }
    }

    private static long prefix(int wildBits) {
        int n = wildBits & 0x3f;
        return n >= 32 ? 0 : 0xffffffffL << n & 0xffffffffL;
    }

    private static int wildBits(long mask) {
        return mask == 0 ? 32 : Long.numberOfTrailingZeros(mask);
    }

    /// Writes a match; what the structure has no room for is left out.
    static void put(WireWriter out, Match m) {
        int tciMask = (int) m.maskOf(Field.VLAN_TCI);
        int tci = (int) m.valueOf(Field.VLAN_TCI);
        int wildcards = 0;
        int vlan = 0;
        int pcp = 0;
        if (tciMask == 0) {
            wildcards |= VLAN | VLAN_PCP;
        } else if ((tciMask & FlowKey.VLAN_PRESENT) != 0 && (tci & FlowKey.VLAN_PRESENT) == 0) {
            vlan = VLAN_NONE;
        } else {
            wildcards |= (tciMask & 0x0fff) == 0 ? VLAN : 0;
            wildcards |= (tciMask & 0xe000) == 0 ? VLAN_PCP : 0;
            vlan = (tciMask & 0x0fff) == 0 ? 0 : tci & 0x0fff;
            pcp = (tciMask & 0xe000) == 0 ? 0 : tci >>> 13;
        }
        wildcards |= m.has(Field.IN_PORT) ? 0 : IN_PORT;
        wildcards |= m.has(Field.ETH_TYPE) ? 0 : DL_TYPE;
        wildcards |= m.has(Field.IP_PROTO) ? 0 : NW_PROTO;
        wildcards |= wildBits(m.maskOf(Field.IPV4_SRC)) << NW_SRC_SHIFT;
        wildcards |= wildBits(m.maskOf(Field.IPV4_DST)) << NW_DST_SHIFT;
        wildcards |= m.has(Field.IP_DSCP) ? 0 : NW_TOS;
        wildcards |= m.has(Field.TCP_SRC) ? 0 : TP_SRC;
        wildcards |= m.has(Field.TCP_DST) ? 0 : TP_DST;
        wildcards |= m.has(Field.ETH_SRC) ? 0 : DL_SRC;
        wildcards |= m.has(Field.ETH_DST) ? 0 : DL_DST;
        out.u32(wildcards).u16(PortNumbers.to16((int) m.valueOf(Field.IN_PORT)));
        out.u48(m.valueOf(Field.ETH_SRC)).u48(m.valueOf(Field.ETH_DST)).u16(vlan).u8(pcp).zeros(1);
        out.u16((int) m.valueOf(Field.ETH_TYPE)).u8((int) m.valueOf(Field.IP_DSCP) << 2);
        out.u8((int) m.valueOf(Field.IP_PROTO)).zeros(2).u32((int) m.valueOf(Field.IPV4_SRC));
        out.u32((int) m.valueOf(Field.IPV4_DST)).u16((int) m.valueOf(Field.TCP_SRC));
        out.u16((int) m.valueOf(Field.TCP_DST));
    }
}
