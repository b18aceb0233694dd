package org.skyway.openflow.wire;

import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Action.SetField.Form;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.SubField;

/// Writes what sets a field, or part of one: OpenFlow 1.0's own actions, set-field, or Nicira's
/// load, whichever Open vSwitch would take.
final class SetFieldEncoder {
    private final WireWriter out;
    private final Version version;

    private final boolean tagged;

    /// @param tagged whether the packet surely has a VLAN tag
    SetFieldEncoder(WireWriter out, Version version, boolean tagged) {
        this.out = out;
        this.version = version;
        this.tagged = tagged;
    }

    /// Writes an [org.skyway.openflow.model.Action.SetField].
    void put(Action.SetField a) {
        Field f = a.field();
        boolean own = a.form() == Form.OWN_ACTION || a.form() == Form.OWN_LONG_ACTION;
        boolean load = a.form() == Form.LOAD || a.form() == Form.MASKED_LOAD;
        boolean exact = a.isWhole() && a.form() != Form.MASKED && a.form() != Form.MASKED_LOAD;
        if (f == Field.IP_TTL && own && version != Version.OF10) {
            int start = out.size();
            out.u16(23).u16(0).u8((int) a.low());
            ActionEncoder.end(out, start);
        } else if (a.form() == Form.REG_LOAD && !version.atLeast(Version.OF15)) {
            loads(f, a.high(), a.low(), a.maskHigh(), a.maskLow(), false);
        } else if (load && !version.atLeast(Version.OF15)) {
            load2(f, a.high(), a.low(), a.maskHigh(), a.maskLow(), exact);
        } else if (version.atLeast(Version.OF15) || version.atLeast(Version.OF12) && exact) {
            // Other actions may have a value with bits that the field has not; here they would be
            // refused.
            boolean fits = a.form() == Form.SET_FIELD || a.form() == Form.MASKED;
            long low = fits ? a.low() : a.low() & f.whole();
            setField(f, a.high(), low, a.maskHigh(), a.maskLow(), exact);
        } else if (version.atLeast(Version.OF12)
                || !exact
                || !(own && putExtension(f, a.low(), a.form()) || putOld(f, a.low(), own))) {
            loads(f, a.high(), a.low(), a.maskHigh(), a.maskLow(), exact);
        }
    }

    /// Writes a load: Nicira's action until 1.4, a masked set-field since.
    void load(SubField target, long value) {
        Field f = target.field();
        int offset = target.offset();
        if (version.atLeast(Version.OF15)) {
            long ones = target.bits() >= 64 ? -1 : (1L << target.bits()) - 1;
            long low = offset >= 64 ? 0 : value << offset;
            long maskLow = offset >= 64 ? 0 : ones << offset;
            long high =
                    offset >= 64 ? value << offset - 64 : offset == 0 ? 0 : value >>> 64 - offset;
            long maskHigh =
                    offset >= 64 ? ones << offset - 64 : offset == 0 ? 0 : ones >>> 64 - offset;
            setField(f, high, low, maskHigh, maskLow, isAll(target));
        } else if (OxmTable.hasNxm(f)) {
            regLoad(target, value);
        } else {
            long mask = ((1L << target.bits()) - 1) << offset;
            load2(f, 0, value << offset, 0, mask, isAll(target));
        }
    }

    /// A load writes just the field's bits: in a padded field that is not all of it.
    private boolean isAll(SubField target) {
        OxmTable.Row row = row(target.field());
        return target.bits() == 8 * row.bytes();
    }

    /// Writes a set-field of all of a field of up to 64 bits, or OpenFlow 1.1's action for it.
    void setWhole(Field f, long value) {
        if (version.atLeast(Version.OF12)) {
            setField(f, 0, value, 0, f.whole(), true);
        } else {
            putOld(f, value, true);
        }
    }

    private void setField(Field f, long high, long low, long maskHigh, long maskLow, boolean all) {
        int start = out.size();
        out.u16(25).u16(0);
        OxmCodec.put(out, row(f), high, low, maskHigh, maskLow, all);
        ActionEncoder.end(out, start);
    }

    private OxmTable.Row row(Field f) {
        return OxmTable.of(f, version.number());
    }

    /// Writes one of the actions for a single field that OpenFlow 1.0 and 1.1 have, if there is
    /// one.
    ///
    /// @param own whether it came in such an action
    private boolean putOld(Field f, long v, boolean own) {
        if (!own && (f == Field.SCTP_SRC || f == Field.SCTP_DST)) {
            return false; // as in Open vSwitch
        }
        int less = first() ? 0 : 1; // 1.1 numbers some of them anew
        switch (f) {
            case VLAN_VID -> old(1, 2, v & 0xfff);
            case VLAN_PCP -> old(2, 1, v);
            case VLAN_TCI -> putTag(v);
            case ETH_SRC -> old(4 - less, 6, v);
            case ETH_DST -> old(5 - less, 6, v);
            case IPV4_SRC -> old(6 - less, 4, v);
            case IPV4_DST -> old(7 - less, 4, v);
            case IP_DSCP -> old(8 - less, 1, v << 2);
            case IP_TOS -> old(8 - less, 1, v);
            case TCP_SRC, UDP_SRC, SCTP_SRC -> old(9, 2, v);
            case TCP_DST, UDP_DST, SCTP_DST -> old(10, 2, v);
            case IP_ECN -> {
                if (first()) {
                    regLoad(SubField.all(f), v);
                } else {
                    old(8, 1, v);
                }
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean first() {
        return version == Version.OF10;
    }

    /// A tag, or none: since 1.1, what sets its parts leaves packets alone that have no tag.
    private void putTag(long tci) {
        if ((tci & 0x1000) == 0) {
            old(first() ? 3 : 18, 4, 0);
            return;
        }
        if (!first() && !tagged) {
            old(17, 2, 0x8100);
        }
        old(1, 2, tci & 0xfff);
        old(2, 1, tci >>> 13);
    }

    /// Writes one of the newer actions for a single field, if there is one: Nicira's, or 1.1's.
    private boolean putExtension(Field f, long v, Form form) {
        switch (f) {
            case TUN_ID -> {
                boolean small = v >>> 32 == 0 && form == Form.OWN_ACTION;
                nicira(small ? 2 : 9, small ? 2 : 6, v);
            }
            case MPLS_LABEL -> {
                if (first()) {
                    nicira(30, 2, v);
                } else {
                    old(13, 4, v);
                }
            }
            case MPLS_TC -> {
                if (!first()) {
                    old(14, 1, v);
                    return true;
                }
                int start = ActionEncoder.nicira(out, 31);
                out.u8((int) v);
                ActionEncoder.end(out, start);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void old(int type, int bytes, long value) {
        int start = out.size();
        out.u16(type).u16(0).number(value, bytes);
        ActionEncoder.end(out, start);
    }

    private void nicira(int subtype, int padding, long value) {
        int start = ActionEncoder.nicira(out, subtype);
        out.zeros(padding).number(value, padding == 6 ? 8 : 4);
        ActionEncoder.end(out, start);
    }

    /// Writes a load for each run of bits in the mask.
    private void loads(Field f, long high, long low, long maskHigh, long maskLow, boolean exact) {
        if (!OxmTable.hasNxm(f)) {
            load2(f, high, low, maskHigh, maskLow, exact);
            return;
        }
        int width = f.width();
        int bit = 0;
        while (bit < width) {
            if (!bit(maskHigh, maskLow, bit)) {
                bit++;
                continue;
            }
            int end = bit;
            long value = 0;
            while (end < width && end - bit < 64 && bit(maskHigh, maskLow, end)) {
                value |= bit(high, low, end) ? 1L << end - bit : 0;
                end++;
            }
            regLoad(new SubField(f, bit, end - bit), value);
            bit = end;
        }
    }

    private static boolean bit(long high, long low, int i) {
        return ((i < 64 ? low >>> i : high >>> i - 64) & 1) != 0;
    }

    private void regLoad(SubField target, long value) {
        OxmTable.Row row = OxmTable.of(target.field(), OxmTable.NXM);
        int start = ActionEncoder.nicira(out, 7);
        out.u16(ActionEncoder.range(target)).u32(row.head(false)).u64(value);
        ActionEncoder.end(out, start);
    }

    private void load2(Field f, long high, long low, long maskHigh, long maskLow, boolean exact) {
        int start = ActionEncoder.nicira(out, 33);
        OxmTable.Row row = OxmTable.of(f, OxmTable.NXM);
        OxmCodec.put(out, row, high, low, maskHigh, maskLow, exact);
        ActionEncoder.end(out, start);
    }
}
