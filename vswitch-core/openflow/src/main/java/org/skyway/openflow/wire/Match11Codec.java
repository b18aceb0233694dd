package org.skyway.openflow.wire;

import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;

/// OpenFlow 1.1's `ofp_match`: a fixed structure of 88 bytes with a bit map of wildcards and, for
/// some fields, masks whose ones mean "any" (OpenFlow 1.1.0, "Flow Match Structures").
final class Match11Codec {
    /// Length with type and length.
    static final int BYTES = 88;

    private static final int IN_PORT = 1;
    private static final int VLAN = 1 << 1;
    private static final int VLAN_PCP = 1 << 2;
    private static final int DL_TYPE = 1 << 3;
    private static final int NW_TOS = 1 << 4;
    private static final int NW_PROTO = 1 << 5;
    private static final int TP_SRC = 1 << 6;
    private static final int TP_DST = 1 << 7;
    private static final int MPLS_LABEL = 1 << 8;
    private static final int MPLS_TC = 1 << 9;

    private static final int VLAN_ANY = 0xfffe;
    private static final int VLAN_NONE = 0xffff;
    private static final int PCP = 0xe000;
    private static final int VID = 0x0fff;

    private Match11Codec() {}

    /// Reads what follows type and length, without what its prerequisites rule out.
    static Match get(WireReader in) {
        Match.Builder m = Match.builder();
        int port = in.s32();
        int any = in.s32();
        if ((any & IN_PORT) == 0) {
            check(PortNumbers.valid32(port), "port", port);
            m.exact(Field.IN_PORT, port & 0xffffffffL);
        }
        m.masked(Field.ETH_SRC, in.u48(), ~in.u48());
        m.masked(Field.ETH_DST, in.u48(), ~in.u48());
        vlan(m, any, in.u16(), in.u8());
        in.skip(1);
        int type = in.u16();
        int tos = in.u8();
        int proto = in.u8();
        long source = in.u32();
        long sourceAny = in.u32();
        long destination = in.u32();
        long destinationAny = in.u32();
        int from = in.u16();
        int to = in.u16();
        int label = in.s32() & 0xfffff;
        int trafficClass = in.u8() & 7;
        in.skip(3);
        long metadata = in.s64();
        m.masked(Field.METADATA, metadata, ~in.s64());
        if ((any & DL_TYPE) != 0) {
            return m.build();
        }
        m.exact(Field.ETH_TYPE, type);
        if (type == 0x0800 && (any & NW_TOS) == 0) {
            check((tos & 3) == 0, "type of service", tos);
            m.exact(Field.IP_DSCP, tos >>> 2);
        }
        if (type == 0x0800 || type == 0x0806 || type == 0x8035) {
            if ((any & NW_PROTO) == 0) {
                m.exact(Field.IP_PROTO, proto);
            }
            m.masked(Field.IPV4_SRC, source, ~sourceAny);
            m.masked(Field.IPV4_DST, destination, ~destinationAny);
        }
        if (type == 0x0800 && (any & NW_PROTO) == 0) {
            transport(m, proto, (any & TP_SRC) == 0 ? from : -1, (any & TP_DST) == 0 ? to : -1);
        }
        if (type == 0x8847 || type == 0x8848) {
            if ((any & MPLS_LABEL) == 0) {
                m.exact(Field.MPLS_LABEL, label);
            }
            if ((any & MPLS_TC) == 0) {
                m.exact(Field.MPLS_TC, trafficClass);
            }
        }
        return m.build();
    }

    private static void check(boolean valid, String what, int value) {
        if (!valid) {
            throw new OpenFlowException(
                    ErrorCode.OFPBMC_BAD_VALUE, "%s 0x%x".formatted(what, value));
        }
    }

    private static void vlan(Match.Builder m, int any, int vlan, int pcp) {
        if ((any & VLAN) != 0) {
            return;
        }
        if (vlan == VLAN_NONE) {
            m.masked(Field.VLAN_TCI, 0, 0xffff);
            return;
        }
        check(vlan == VLAN_ANY || vlan <= VID, "VLAN", vlan);
        int vid = vlan == VLAN_ANY ? 0 : VID;
        m.masked(Field.VLAN_TCI, FlowKey.VLAN_PRESENT | vlan & vid, FlowKey.VLAN_PRESENT | vid);
        if ((any & VLAN_PCP) == 0) {
            check(pcp <= 7, "VLAN priority", pcp);
            m.masked(Field.VLAN_TCI, pcp << 13, PCP);
        }
    }

    /// @param from port or ICMP type; -1 for any
    /// @param to port or ICMP code; -1 for any
    private static void transport(Match.Builder m, int proto, int from, int to) {
        switch (proto) {
            case 1 -> {
                if (from > 0xff || to > 0xff) {
                    throw new OpenFlowException(
                            ErrorCode.OFPBMC_BAD_FIELD, "ICMP 0x%x, 0x%x".formatted(from, to));
                }
            }
            case 6, 17, 132 -> {}
            default -> {
                return; // what has no ports
            }
        }
        if (from >= 0) {
            m.exact(Field.TCP_SRC, from);
        }
        if (to >= 0) {
            m.exact(Field.TCP_DST, to);
        }
    }

    /// Writes a match with type and length; what the structure has no room for is left out.
    static void put(WireWriter out, Match m) {
        int tciMask = (int) m.maskOf(Field.VLAN_TCI);
        int tci = (int) m.valueOf(Field.VLAN_TCI);
        int any = 0;
        int vlan = 0;
        int pcp = 0;
        if (tciMask == 0) {
            any |= VLAN | VLAN_PCP;
        } else if ((tciMask & ~tci & FlowKey.VLAN_PRESENT) != 0) {
            vlan = VLAN_NONE;
            any |= VLAN_PCP;
        } else {
            vlan = (tciMask & VID) == 0 ? VLAN_ANY : tci & VID;
            any |= (tciMask & PCP) == 0 ? VLAN_PCP : 0;
            pcp = (tciMask & PCP) == 0 ? 0 : tci >>> 13;
        }
        any |= m.has(Field.IN_PORT) ? 0 : IN_PORT;
        any |= m.has(Field.ETH_TYPE) ? 0 : DL_TYPE;
        any |= m.has(Field.IP_DSCP) ? 0 : NW_TOS;
        any |= m.has(Field.IP_PROTO) ? 0 : NW_PROTO;
        any |= m.has(Field.TCP_SRC) ? 0 : TP_SRC;
        any |= m.has(Field.TCP_DST) ? 0 : TP_DST;
        any |= m.has(Field.MPLS_LABEL) ? 0 : MPLS_LABEL;
        any |= m.has(Field.MPLS_TC) ? 0 : MPLS_TC;
        out.u16(0).u16(BYTES).u32((int) m.valueOf(Field.IN_PORT)).u32(any);
        out.u48(m.valueOf(Field.ETH_SRC)).u48(~m.maskOf(Field.ETH_SRC));
        out.u48(m.valueOf(Field.ETH_DST)).u48(~m.maskOf(Field.ETH_DST));
        out.u16(vlan).u8(pcp).zeros(1).u16((int) m.valueOf(Field.ETH_TYPE));
        out.u8((int) m.valueOf(Field.IP_DSCP) << 2).u8((int) m.valueOf(Field.IP_PROTO));
        out.u32((int) m.valueOf(Field.IPV4_SRC)).u32((int) ~m.maskOf(Field.IPV4_SRC));
        out.u32((int) m.valueOf(Field.IPV4_DST)).u32((int) ~m.maskOf(Field.IPV4_DST));
        out.u16((int) m.valueOf(Field.TCP_SRC)).u16((int) m.valueOf(Field.TCP_DST));
        out.u32((int) m.valueOf(Field.MPLS_LABEL)).u8((int) m.valueOf(Field.MPLS_TC)).zeros(3);
        out.u64(m.valueOf(Field.METADATA)).u64(~m.maskOf(Field.METADATA));
    }
}
