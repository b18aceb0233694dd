package org.skyway.openflow.wire;

import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.Bytes;

/// Properties: type, length, value, each padded to 8 bytes (OpenFlow 1.4 and later).
final class Properties {
    /// The type of properties that an experimenter has defined.
    static final int EXPERIMENTER = 0xffff;

    private Properties() {}

    /// One property. An experimenter's type is never that of one of the standard's.
    ///
    /// @param type the standard's, or [#EXPERIMENTER]
    /// @param vendor the experimenter; 0 if it is the standard's
    /// @param vendorType the experimenter's type
    record Property(int type, int vendor, int vendorType, WireReader value) {
        /// A number of 8 bits. It is padded to 32, but as in Open vSwitch any padding will do.
        int u8() {
            return value.u8();
        }

        /// A number of 16 bits, padded likewise.
        int u16() {
            return value.u16();
        }

        int s32() {
            return exact(4).s32();
        }

        /// A number of 64 bits, which is aligned to its size.
        long s64() {
            value.skip(Math.min(4, value.remaining()));
            return exact(8).s64();
        }

        Bytes uuid() {
            return exact(16).bytes(16);
        }

        Bytes bytes() {
            return value.bytes(value.remaining());
        }

        private WireReader exact(int bytes) {
            if (value.remaining() != bytes) {
                throw new OpenFlowException(
                        ErrorCode.OFPBPC_BAD_LEN,
                        "property %d has %d bytes, not %d"
                                .formatted(type, value.remaining(), bytes));
            }
            return value;
        }

        OpenFlowException unknown() {
            return vendor == 0
                    ? new OpenFlowException(
                            ErrorCode.OFPBPC_BAD_TYPE, "unknown property %d".formatted(type))
                    : new OpenFlowException(
                            ErrorCode.OFPBPC_BAD_EXP_TYPE,
                            "unknown property %d of experimenter 0x%x"
                                    .formatted(vendorType, vendor));
        }
    }

    /// Reads the next property with its padding.
    static Property next(WireReader in) {
        return next(in, EXPERIMENTER);
    }

    /// The same where more than one type is an experimenter's.
    ///
    /// @param firstExperimenter the first of them
    static Property next(WireReader in, int firstExperimenter) {
        if (in.remaining() < 4) {
            throw badLength(in.remaining(), 4);
        }
        int type = in.u16();
        int length = in.u16();
        int padded = length + 7 & ~7;
        if (length < 4 || padded - 4 > in.remaining()) {
            throw badLength(in.remaining() + 4, length);
        }
        WireReader value = in.part(length - 4, ErrorCode.OFPBPC_BAD_LEN);
        in.skip(padded - length);
        if (type < firstExperimenter) {
            return new Property(type, 0, 0, value);
        }
        if (length < 12) {
            throw badLength(length, 12);
        }
        int vendor = value.s32();
        if (vendor == 0) {
            throw new OpenFlowException(
                    ErrorCode.OFPBPC_BAD_EXPERIMENTER, "a property of experimenter 0");
        }
        return new Property(EXPERIMENTER, vendor, value.s32(), value);
    }

    private static OpenFlowException badLength(int room, int needed) {
        return new OpenFlowException(
                ErrorCode.OFPBPC_BAD_LEN,
                "a property of %d bytes does not fit into %d".formatted(needed, room));
    }

    /// Starts a property; [#end] sets its length.
    ///
    /// @return where it starts
    static int start(WireWriter out, int type) {
        int start = out.size();
        out.u16(type).u16(0);
        return start;
    }

    static void end(WireWriter out, int start) {
        out.setU16(start + 2, out.size() - start);
        out.pad8(start);
    }

    static void u8(WireWriter out, int type, int value) {
        int start = start(out, type);
        out.u8(value);
        end(out, start);
    }

    static void u16(WireWriter out, int type, int value) {
        int start = start(out, type);
        out.u16(value).zeros(2);
        end(out, start);
    }

    static void u32(WireWriter out, int type, int value) {
        int start = start(out, type);
        out.u32(value);
        end(out, start);
    }

    static void u64(WireWriter out, int type, long value) {
        int start = start(out, type);
        out.zeros(4).u64(value);
        end(out, start);
    }

    static void bytes(WireWriter out, int type, Bytes value) {
        int start = start(out, type);
        out.bytes(value);
        end(out, start);
    }

    static void flag(WireWriter out, int type) {
        end(out, start(out, type));
    }
}
