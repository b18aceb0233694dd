package org.skyway.openflow.wire;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.model.LearnSpec;
import org.skyway.openflow.model.SubField;

/// The `learn` action in its two forms. Each spec starts with 16 bits: source kind (13), target
/// kind (11 and 12), number of bits (0 to 10); a header of zero ends the list.
final class LearnCodec {
    private static final int IMMEDIATE = 1 << 13;
    private static final int BITS = 0x3ff;
    private static final int WRITE_RESULT = 4;

    private LearnCodec() {}

    static Action get(WireReader in, boolean second) {
        int idle = in.u16();
        int hard = in.u16();
        int priority = in.u16();
        long cookie = in.s64();
        int flags = in.u16();
        int table = in.u8();
        int pad = in.u8();
        int finIdle = in.u16();
        int finHard = in.u16();
        int limit = 0;
        SubField result = null;
        if (second) {
            limit = in.s32();
            int resultOffset = in.u16();
            in.zeros(2, ErrorCode.NXBAC_MUST_BE_ZERO);
            if ((flags & WRITE_RESULT) != 0) {
                result = OxmCodec.target(OxmCodec.header(in, false), resultOffset, 1);
            } else if (resultOffset != 0) {
                throw badArgument("a result offset without a result");
            }
        }
        if (pad != 0 || table == 255 || (flags & ~(second ? 7 : 3)) != 0) {
            throw badArgument("learn into table %d with flags 0x%x".formatted(table, flags));
        }
        return new Action.Learn(
                idle, hard, priority, cookie, flags, table, finIdle, finHard, limit, result,
                specs(in));
    }

    private static List<LearnSpec> specs(WireReader in) {
        List<LearnSpec> specs = new ArrayList<>();
        while (in.remaining() > 0) {
            if (in.remaining() < 2) {
                throw badLength(in.remaining());
            }
            int header = in.u16();
            if (header == 0) {
                break;
            }
            specs.add(spec(in, header));
        }
        in.zeros(in.remaining(), ErrorCode.OFPBAC_BAD_ARGUMENT);
        return List.copyOf(specs);
    }

    private static LearnSpec spec(WireReader in, int header) {
        boolean immediate = (header & IMMEDIATE) != 0;
        int kind = header >>> 11 & 3;
        int bits = header & BITS;
        if (kind == 3 || kind == 2 && immediate) {
            throw badArgument("learn spec 0x%04x".formatted(header));
        }
        int needed = (immediate ? 2 * ((bits + 15) / 16) : 6) + (kind == 2 ? 0 : 6);
        if (in.remaining() < needed) {
            throw badLength(in.remaining());
        }
        SubField source = null;
        Bytes value = null;
        if (immediate) {
            int bytes = (bits + 7) / 8;
            in.skip(2 * ((bits + 15) / 16) - bytes);
            value = in.bytes(bytes);
        } else {
            OxmTable.Row row = OxmCodec.nxmHeader(in.s32());
            source = OxmCodec.subField(row, in.u16(), bits);
        }
        SubField target = null;
        if (kind != 2) {
            OxmTable.Row row = OxmCodec.nxmHeader(in.s32());
            target = OxmCodec.subField(row, in.u16(), bits);
        }
        return new LearnSpec(LearnSpec.Kind.values()[kind], source, value, target, bits);
    }

    private static OpenFlowException badArgument(String reason) {
        return new OpenFlowException(ErrorCode.OFPBAC_BAD_ARGUMENT, reason);
    }

    private static OpenFlowException badLength(int left) {
        return new OpenFlowException(
                ErrorCode.OFPBAC_BAD_LEN, "a learn spec is cut off after %d bytes".formatted(left));
    }

    /// Writes what follows the extension action's header.
    static void put(WireWriter out, Action.Learn a, boolean second) {
        out.u16(a.idleTimeout()).u16(a.hardTimeout()).u16(a.priority()).u64(a.cookie());
        out.u16(a.flags()).u8(a.table()).zeros(1).u16(a.finIdleTimeout()).u16(a.finHardTimeout());
        if (second) {
            SubField r = a.resultTarget();
            out.u32(a.limit()).u16(r == null ? 0 : r.offset()).zeros(2);
            if (r != null) {
                OxmCodec.putHeader(out, OxmTable.of(r.field(), OxmTable.NXM), false);
            }
        }
        for (LearnSpec s : a.specs()) {
            boolean immediate = s.source() == null;
            out.u16((immediate ? IMMEDIATE : 0) | s.kind().ordinal() << 11 | s.bits());
            if (immediate) {
                out.zeros(2 * ((s.bits() + 15) / 16) - s.immediate().length());
                out.bytes(s.immediate());
            } else {
                putSubField(out, s.source());
            }
            if (s.target() != null) {
                putSubField(out, s.target());
            }
        }
    }

    private static void putSubField(WireWriter out, SubField s) {
        out.u32(OxmTable.of(s.field(), OxmTable.NXM).head(false)).u16(s.offset());
    }

    /// Whether the action needs the second form.
    static boolean needsSecond(Action.Learn a) {
        return a.limit() != 0 || a.resultTarget() != null || (a.flags() & WRITE_RESULT) != 0;
    }
}
