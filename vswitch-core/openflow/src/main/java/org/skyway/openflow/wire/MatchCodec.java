package org.skyway.openflow.wire;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FlowKey;
import org.skyway.openflow.model.Match;

/// Matches in OXM and NXM form: entry after entry. The fixed structures of OpenFlow 1.0 and 1.1 are
/// in [Match10Codec] and [Match11Codec].
final class MatchCodec {
    private static final int TYPE_STANDARD = 0;
    private static final int TYPE_OXM = 1;

    // spotless:off
    private static final List<Field> FIRST = List.of(
            Field.PACKET_TYPE, Field.CONJ_ID, Field.IN_PORT, Field.ACTSET_OUTPUT, Field.ETH_SRC, Field.ETH_DST,
            Field.ETH_TYPE, Field.VLAN_TCI, Field.VLAN_VID, Field.VLAN_PCP, Field.MPLS_TC, Field.MPLS_BOS,
            Field.MPLS_TTL, Field.MPLS_LABEL, Field.IPV4_SRC, Field.IPV4_DST, Field.IPV6_SRC, Field.IPV6_DST,
            Field.IP_FRAG, Field.IP_DSCP, Field.IP_ECN, Field.IP_TTL, Field.IPV6_LABEL, Field.IP_PROTO, Field.TCP_SRC,
            Field.TCP_DST, Field.TCP_FLAGS, Field.UDP_SRC, Field.UDP_DST, Field.SCTP_SRC, Field.SCTP_DST,
            Field.ICMPV4_TYPE, Field.ICMPV4_CODE, Field.ICMPV6_TYPE, Field.ICMPV6_CODE, Field.ND_RESERVED,
            Field.ND_TARGET, Field.ND_OPTIONS_TYPE, Field.ND_SLL, Field.ND_TLL, Field.ARP_OP, Field.ARP_SPA,
            Field.ARP_TPA, Field.ARP_SHA, Field.ARP_THA, Field.TUN_ID, Field.TUN_FLAGS, Field.TUN_SRC, Field.TUN_DST,
            Field.TUN_IPV6_SRC, Field.TUN_IPV6_DST, Field.TUN_GBP_ID, Field.TUN_GBP_FLAGS, Field.TUN_ERSPAN_IDX,
            Field.TUN_ERSPAN_VER, Field.TUN_ERSPAN_DIR, Field.TUN_ERSPAN_HWID, Field.TUN_GTPU_FLAGS,
            Field.TUN_GTPU_MSGTYPE, Field.NSH_FLAGS, Field.NSH_TTL);
    private static final List<Field> LAST = List.of(
            Field.PKT_MARK, Field.CT_STATE, Field.CT_ZONE, Field.CT_MARK, Field.CT_LABEL, Field.CT_NW_SRC,
            Field.CT_IPV6_SRC, Field.CT_NW_DST, Field.CT_IPV6_DST, Field.CT_NW_PROTO, Field.CT_TP_SRC, Field.CT_TP_DST);
    // spotless:on

    /// The order in which Open vSwitch writes fields. What does not fit the match's prerequisites
    /// is left out, so fields that share bits may stand beside each other here.
    private static final Field[] ORDER = order();

    /// What a match is put together in. Flow-mods come by the hundred thousand, and a flow key is
    /// much longer than what most of them match on.
    private static final ThreadLocal<Draft> DRAFTS = ThreadLocal.withInitial(Draft::new);

    private static final class Draft {
        final long[] values = new long[FlowKey.WORDS];
        final long[] masks = new long[FlowKey.WORDS];
        long cookie;
        long cookieMask; // 0 if there is none

        Draft cleared() {
            Arrays.fill(values, 0);
            Arrays.fill(masks, 0);
            cookie = 0;
            cookieMask = 0;
            return this;
        }
    }

    /// A match with the cookie that an NXM match may carry.
    record WithCookie(Match match, long cookie, long cookieMask) {}

    private MatchCodec() {}

    /// Reads an `ofp_match` of OpenFlow 1.1 and later, with its padding.
    static Match oxm(WireReader in) {
        return oxm(in, true);
    }

    /// The same, but skipping unknown fields and ignoring prerequisites, for pipeline fields.
    static Match oxmLoose(WireReader in) {
        return oxm(in, false);
    }

    private static Match oxm(WireReader in, boolean strict) {
        if (in.remaining() < 4) {
            throw badLength(in.remaining(), in.remaining());
        }
        int type = in.u16();
        int length = in.u16();
        if (strict && type == TYPE_STANDARD) { // OpenFlow 1.1's, which any later version may have
            if (length != Match11Codec.BYTES || length - 4 > in.remaining()) {
                throw badLength(length, in.remaining() + 4);
            }
            return Match11Codec.get(in);
        }
        if (length < 4 && (type == TYPE_OXM || !strict)) {
            throw badLength(length, in.remaining() + 4);
        }
        if (type != TYPE_OXM) {
            throw new OpenFlowException(ErrorCode.OFPBMC_BAD_TYPE, "match type " + type);
        }
        int padded = length + 7 & ~7;
        if (padded - 4 > in.remaining()) {
            throw badLength(length, in.remaining() + 4);
        }
        Match m = entries(in.part(length - 4, ErrorCode.OFPBMC_BAD_LEN), strict, false);
        in.skip(padded - length);
        return m;
    }

    /// Reads an NXM match of a known length, with its padding.
    static WithCookie nxm(WireReader in, int length, boolean allowCookie) {
        return nxm(in, length, allowCookie, true);
    }

    /// The same, but skipping unknown fields and ignoring prerequisites.
    static Match nxmLoose(WireReader in, int length) {
        return nxm(in, length, false, false).match();
    }

    private static WithCookie nxm(WireReader in, int length, boolean allowCookie, boolean strict) {
        int padded = length + 7 & ~7;
        if (padded > in.remaining()) {
            throw badLength(length, in.remaining());
        }
        Match m = entries(in.part(length, ErrorCode.OFPBMC_BAD_LEN), strict, allowCookie);
        in.skip(padded - length);
        Draft draft = DRAFTS.get();
        return new WithCookie(m, draft.cookie, draft.cookieMask);
    }

    private static OpenFlowException badLength(int length, int room) {
        return new OpenFlowException(
                ErrorCode.OFPBMC_BAD_LEN,
                "a match of %d bytes does not fit into %d".formatted(length, room));
    }

    /// Reads entries to the end of a part.
    static Match entries(WireReader in) {
        return entries(in, true, false);
    }

    /// The same, but skipping unknown fields and ignoring prerequisites.
    static Match entriesLoose(WireReader in) {
        return entries(in, false, false);
    }

    // The cookie is left in the draft.
    private static Match entries(WireReader in, boolean strict, boolean allowCookie) {
        Draft draft = DRAFTS.get().cleared();
        long[] values = draft.values;
        long[] masks = draft.masks;
        while (in.remaining() > 0) {
            OxmCodec.Entry e = OxmCodec.entry(in, true, false);
            if (e.row() == null) {
                if (allowCookie
                        && (e.head() & ~0x1ff) == (OxmCodec.COOKIE & ~0x1ff)
                        && (e.head() & 0xff) == (e.masked() ? 16 : 8)) {
                    if (draft.cookieMask != 0) {
                        throw new OpenFlowException(ErrorCode.OFPBMC_DUP_FIELD, "two cookies");
                    }
                    draft.cookie = e.low();
                    draft.cookieMask = e.maskLow();
                } else if (strict) {
                    throw OxmCodec.unknown((long) e.head() << 32, ErrorCode.OFPBMC_BAD_FIELD);
                }
                continue;
            }
            add(e, values, masks, strict);
        }
        if (isEthernet(masks)) {
            // Fields of Ethernet say already what the packet type would.
            Field.PACKET_TYPE.set(masks, 0);
        }
        return Match.of(values, masks);
    }

    private static boolean isEthernet(long[] masks) {
        return (masks[FlowKey.ETH_DST_TYPE] | masks[FlowKey.ETH_SRC_VLAN]) != 0;
    }

    private static boolean isOfEthernet(Field f) {
        return f.word() == FlowKey.ETH_DST_TYPE || f.word() == FlowKey.ETH_SRC_VLAN;
    }

    private static void add(OxmCodec.Entry said, long[] values, long[] masks, boolean strict) {
        OxmCodec.Entry e = said.inMatch();
        Field f = e.field();
        if (e.masked() && !f.maskable() && !e.maskZeros() && !e.maskOnes()) {
            throw new OpenFlowException(
                    ErrorCode.OFPBMC_BAD_MASK, "field " + f.ovsName() + " can't be masked");
        }
        if (!e.valid()) {
            throw new OpenFlowException(
                    ErrorCode.OFPBMC_BAD_VALUE, "value out of range for field " + f.ovsName());
        }
        boolean noEthernet = isOfEthernet(f) && Field.PACKET_TYPE.get(values) != 0;
        if (strict && (noEthernet || !f.prerequisite().isMetBy(values, masks))) {
            throw new OpenFlowException(
                    ErrorCode.OFPBMC_BAD_PREREQ,
                    "field %s needs %s".formatted(f.ovsName(), f.prerequisite()));
        }
        if ((f.get(masks) | f.getHigh(masks)) != 0) {
            throw new OpenFlowException(
                    ErrorCode.OFPBMC_DUP_FIELD, "field " + f.ovsName() + " comes twice");
        }
        if (f.wide()) {
            f.setHigh(values, e.high());
            f.setHigh(masks, e.maskHigh());
        }
        f.set(values, e.low());
        f.set(masks, f.maskedByItself() ? e.low() : e.maskLow());
    }

    /// Writes an `ofp_match` of OpenFlow 1.1 and later, padded.
    static void put(WireWriter out, Match match, Version version) {
        if (version == Version.OF11) {
            Match11Codec.put(out, match);
        } else {
            putOxm(out, match, version);
        }
    }

    /// Writes an `ofp_match` of OpenFlow 1.2 and later, padded.
    static void putOxm(WireWriter out, Match match, Version version) {
        int start = out.size();
        out.u16(TYPE_OXM).u16(0);
        putEntries(out, match, version.number());
        out.setU16(start + 2, out.size() - start);
        out.pad8(start);
    }

    /// Writes an NXM match, padded.
    ///
    /// @return its length without the padding
    static int putNxm(WireWriter out, Match match, long cookie, long cookieMask) {
        int start = out.size();
        putEntries(out, match, OxmTable.NXM);
        if (cookieMask != 0) {
            boolean exact = cookieMask == -1;
            out.u32(exact ? OxmCodec.COOKIE : OxmCodec.COOKIE + 8 | 0x100);
            out.u64(cookie & cookieMask);
            if (!exact) {
                out.u64(cookieMask);
            }
        }
        int length = out.size() - start;
        out.pad8(start);
        return length;
    }

    /// Writes entries alone.
    ///
    /// @param version wire version, or [OxmTable#NXM]
    static void putEntries(WireWriter out, Match match, int version) {
        for (Field f : ORDER) {
            // Most fields are told apart by their words, which costs least to look at.
            if ((match.words() & f.words()) != 0
                    && match.has(f)
                    && inVersion(f, version)
                    && f.prerequisite().isMetBy(match)) {
                putEntry(out, f, match, version);
            }
        }
    }

    private static void putEntry(WireWriter out, Field f, Match match, int version) {
        OxmTable.Row row = OxmTable.inMatch(f, version);
        Field told = row.field();
        long value = told.fromBase(match.valueOf(f));
        boolean whole = told != f || told.width() > told.bits();
        long mask = whole ? told.whole() : match.maskOf(f);
        OxmCodec.put(out, row, match.valueHighOf(f), value, match.maskHighOf(f), mask);
    }

    private static boolean inVersion(Field f, int version) {
        return switch (f) {
            case VLAN_TCI -> version == OxmTable.NXM;
            case VLAN_VID, VLAN_PCP -> version != OxmTable.NXM;
            case XREG0, XREG1, XREG2, XREG3, XREG4, XREG5, XREG6, XREG7 -> version >= 6;
            case REG0, REG1, REG2, REG3, REG4, REG5, REG6, REG7 -> version < 6;
            case REG8, REG9, REG10, REG11, REG12, REG13, REG14, REG15 -> version < 6;
            default -> true;
        };
    }

    private static Field[] order() {
        Set<Field> order = new LinkedHashSet<>(FIRST);
        for (Field f : Field.values()) {
            boolean registers = f.isAlias() && f.base() == f && !f.wide();
            if ((registers || !f.isAlias()) && f != Field.METADATA) {
                order.add(f); // registers, then packet mark and connection tracking
            }
        }
        LAST.forEach(order::remove);
        order.addAll(LAST);
        order.add(Field.METADATA);
        return order.toArray(Field[]::new);
    }
}
