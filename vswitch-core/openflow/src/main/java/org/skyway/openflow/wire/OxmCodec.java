package org.skyway.openflow.wire;

import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Action.SetField.Form;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.SubField;

/// Reads and writes single OXM and NXM entries, for matches and for actions.
final class OxmCodec {
    /// The cookie as a pseudo-field of NXM matches: `NXM_NX_COOKIE`.
    static final int COOKIE = 1 << 16 | 30 << 9 | 8;

    private static final int TUN_METADATA0 = 40;
    private static final int TUN_METADATA63 = 103;

    private OxmCodec() {}

    /// One entry: a field's value and mask, with what bits there are outside its width; the mask is
    /// [Field#whole] if all is meant.
    ///
    /// @param row the header; null if it is not known
    /// @param head the first four bytes of the header
    /// @param valid whether the value is one that the field can have
    record Entry(
            OxmTable.Row row,
            int head,
            long high,
            long low,
            long maskHigh,
            long maskLow,
            boolean masked,
            boolean maskZeros,
            boolean maskOnes,
            boolean valid) {
        Field field() {
            return row.field();
        }

        /// The same of the field by which a match has it; the row is known.
        Entry inMatch() {
            Field base = field().base();
            if (base == field()) {
                return this;
            }
            return new Entry(
                    OxmTable.of(base, OxmTable.NXM),
                    head,
                    0,
                    field().toBase(low),
                    0,
                    maskZeros ? 0 : base.whole(),
                    masked,
                    maskZeros,
                    maskOnes,
                    valid);
        }

        /// The action that writes it; the row is known.
        ///
        /// @param exact its form without a mask
        /// @param withMask its form with a mask that writes all bits
        Action toAction(Form exact, Form withMask) {
            Action.SetField action =
                    new Action.SetField(field(), high, low, maskHigh, maskLow, exact);
            return masked && !maskOnes && action.isWhole()
                    ? new Action.SetField(field(), high, low, maskHigh, maskLow, withMask)
                    : action;
        }
    }

    /// Reads a header alone.
    ///
    /// @param allowMask whether the has-mask bit may be set
    static OxmTable.Row header(WireReader in, boolean allowMask) {
        long header = headerBits(in);
        OxmTable.Row row = lookUp(header);
        if (row == null) {
            throw unknown(header, ErrorCode.OFPBMC_BAD_FIELD);
        }
        if (!allowMask && masked(header)) {
            throw new OpenFlowException(
                    ErrorCode.OFPBMC_BAD_MASK, "OXM header " + hex(header) + " has a mask");
        }
        return row;
    }

    /// The row of a four-byte NXM header in an older action.
    static OxmTable.Row nxmHeader(int head) {
        OxmTable.Row row = lookUp((long) head << 32);
        if (row == null) {
            throw unknown((long) head << 32, ErrorCode.OFPBAC_BAD_SET_TYPE);
        }
        return row;
    }

    /// Reads a header, a value and, if there is one, a mask.
    ///
    /// @param allowMask whether there may be a mask
    /// @param inAction whether an unknown field deserves the error of an action
    /// @return the entry; with a null row if the field is unknown in a match
    static Entry entry(WireReader in, boolean allowMask, boolean inAction) {
        long header = headerBits(in);
        OxmTable.Row row = lookUp(header);
        if (row == null && inAction) {
            ErrorCode error =
                    OxmTable.byHeader(header) != null
                            ? ErrorCode.OFPBAC_BAD_SET_LEN
                            : ErrorCode.OFPBAC_BAD_SET_TYPE;
            throw unknown(header, error);
        }
        int payload = length(header) - (OxmTable.isExperimenter(header) ? 4 : 0);
        if (in.remaining() < payload) {
            throw new OpenFlowException(
                    ErrorCode.OFPBMC_BAD_LEN,
                    "OXM %s has %d of %d bytes".formatted(hex(header), in.remaining(), payload));
        }
        boolean masked = masked(header);
        int width = masked ? payload / 2 : payload;
        int head = (int) (header >>> 32);
        if (row == null) {
            byte[] value = in.array(width);
            byte[] mask = masked ? in.array(width) : null;
            in.skip(masked ? payload % 2 : 0);
            for (int i = 0; masked && i < width; i++) {
                if ((value[i] & ~mask[i]) != 0) {
                    throw outsideMask(header);
                }
            }
            long low = width <= 8 ? number(value, 0, width) : 0;
            long maskLow = masked && width <= 8 ? number(mask, 0, width) : -1;
            if (masked && !allowMask) {
                throw hasMask(header);
            }
            return new Entry(null, head, 0, low, 0, maskLow, masked, false, false, true);
        }
        boolean wide = row.field().wide();
        long high = wide ? in.s64() : 0;
        long low = in.number(wide ? 8 : width);
        if (!masked) {
            return wide
                    ? new Entry(row, head, high, low, -1, -1, false, false, true, true)
                    : narrow(row, head, low, -1, false, false, true);
        }
        long maskHigh = wide ? in.s64() : 0;
        long maskLow = in.number(wide ? 8 : width);
        if ((high & ~maskHigh | low & ~maskLow) != 0) {
            throw outsideMask(header);
        }
        if (!allowMask) {
            throw hasMask(header);
        }
        boolean zeros = (maskHigh | maskLow) == 0;
        if (wide) {
            boolean ones = (maskHigh & maskLow) == -1;
            return new Entry(row, head, high, low, maskHigh, maskLow, true, zeros, ones, true);
        }
        boolean ones = maskLow == -1L >>> 64 - 8 * width;
        return narrow(row, head, low, maskLow, true, zeros, ones);
    }

    private static OpenFlowException outsideMask(long header) {
        return new OpenFlowException(
                ErrorCode.OFPBMC_BAD_WILDCARDS,
                "OXM %s has value bits outside its mask".formatted(hex(header)));
    }

    private static OpenFlowException hasMask(long header) {
        return new OpenFlowException(
                ErrorCode.OFPBMC_BAD_MASK, "OXM %s has a mask".formatted(hex(header)));
    }

    /// An entry of a field of up to 64 bits.
    ///
    /// @param number the value as it is on the wire
    /// @param mask the mask as it is on the wire
    private static Entry narrow(
            OxmTable.Row row,
            int head,
            long number,
            long mask,
            boolean masked,
            boolean zeros,
            boolean ones) {
        long m = ones ? row.field().whole() : mask;
        boolean valid = row.field().accepts(number);
        return new Entry(row, head, 0, number, 0, m, masked, zeros, ones, valid);
    }

    private static long headerBits(WireReader in) {
        if (in.remaining() < 4) {
            throw shortHeader(in.remaining());
        }
        long header = in.u32() << 32;
        if (OxmTable.isExperimenter(header)) {
            if (in.remaining() < 4 || length(header) < 4) {
                throw shortHeader(in.remaining());
            }
            header |= in.u32();
        }
        return header;
    }

    /// The refusal of a header that has no row. Tunnel metadata exists, but none of it is mapped.
    static OpenFlowException unknown(long header, ErrorCode error) {
        int field = (int) (header >>> 41) & 0x7f;
        boolean tunnelMetadata =
                header >>> 48 == 1 && field >= TUN_METADATA0 && field <= TUN_METADATA63;
        return new OpenFlowException(
                tunnelMetadata ? ErrorCode.NXFMFC_INVALID_TLV_FIELD : error,
                "unknown OXM header " + hex(header));
    }

    private static OpenFlowException shortHeader(int left) {
        return new OpenFlowException(
                ErrorCode.OFPBMC_BAD_LEN, "%d bytes are no OXM header".formatted(left));
    }

    private static int length(long header) {
        return (int) (header >>> 32) & 0xff;
    }

    private static boolean masked(long header) {
        return (header >>> 40 & 1) != 0;
    }

    private static OxmTable.Row lookUp(long header) {
        OxmTable.Row row = OxmTable.byHeader(header);
        return row != null && row.head(masked(header)) == (int) (header >>> 32) ? row : null;
    }

    private static String hex(long header) {
        return OxmTable.isExperimenter(header)
                ? "0x%016x".formatted(header)
                : "0x%08x".formatted(header >>> 32);
    }

    private static long number(byte[] b, int from, int n) {
        long v = 0;
        for (int i = from; i < from + n; i++) {
            v = v << 8 | b[i] & 0xff;
        }
        return v;
    }

    /// Writes a header alone.
    static void putHeader(WireWriter out, OxmTable.Row row, boolean masked) {
        out.u32(row.head(masked));
        if (row.experimenter()) {
            out.u32((int) row.header());
        }
    }

    /// Writes an entry, with a mask only if it is not exact.
    static void put(
            WireWriter out, OxmTable.Row row, long high, long low, long maskHigh, long maskLow) {
        Field f = row.field();
        // Of the tunnel flags, only one of those on the wire can be matched.
        boolean exact =
                maskLow == f.whole() && (!f.wide() || maskHigh == -1) && f != Field.TUN_FLAGS;
        put(out, row, high, low, maskHigh, maskLow, exact);
    }

    /// The same, told whether to leave the mask out.
    static void put(
            WireWriter out,
            OxmTable.Row row,
            long high,
            long low,
            long maskHigh,
            long maskLow,
            boolean exact) {
        putHeader(out, row, !exact);
        putValue(out, row, high, low);
        if (!exact) {
            putValue(out, row, maskHigh, maskLow);
        }
    }

    private static void putValue(WireWriter out, OxmTable.Row row, long high, long low) {
        if (row.field().wide()) {
            out.u64(high).u64(low);
        } else {
            out.number(low, row.bytes());
        }
    }

    /// The bits that an action names, checked against the field's width.
    static SubField subField(OxmTable.Row row, int offset, int bits) {
        Field f = row.field();
        if (bits < 1 || offset + bits > f.width()) {
            throw new OpenFlowException(
                    ErrorCode.OFPBAC_BAD_SET_LEN,
                    "bits %d..%d do not lie in field %s, which has %d"
                            .formatted(offset, offset + bits - 1, f.ovsName(), f.width()));
        }
        return new SubField(f, offset, bits);
    }

    /// The same for bits that are to be written.
    static SubField target(OxmTable.Row row, int offset, int bits) {
        SubField target = subField(row, offset, bits);
        if (!row.field().writable()) {
            throw new OpenFlowException(
                    ErrorCode.OFPBAC_BAD_SET_ARGUMENT,
                    "field " + row.field().ovsName() + " is not writable");
        }
        return target;
    }
}
