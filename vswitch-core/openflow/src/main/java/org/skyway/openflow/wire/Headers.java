package org.skyway.openflow.wire;

import org.skyway.openflow.message.Dialect;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.wire.MessageTable.Kind;
import org.skyway.openflow.wire.MessageTable.Row;

/// What stands before the body of a message: which form of which message it is.
///
/// @param version of the message
/// @param row the form
/// @param more whether more parts of the same multipart message follow
record Headers(Version version, Row<?> row, boolean more) {
    private static final int EXPERIMENTER = 4;
    private static final int MULTIPART_EXPERIMENTER = 0xffff;

    /// Reads the headers of a whole message and leaves its body.
    ///
    /// @throws OpenFlowException if there is no such message
    static Headers read(WireReader in) {
        int number = in.u8();
        Version version = Version.of(number);
        if (version == null) {
            throw new OpenFlowException(ErrorCode.OFPBRC_BAD_VERSION, "version " + number);
        }
        int type = in.u8();
        in.skip(6);
        if (type == EXPERIMENTER) {
            need(in, 8);
            Kind kind = vendor(in.s32(), Kind.NXT, Kind.ONFT);
            return new Headers(version, row(kind, in.s32(), version), false);
        }
        int request = multipartRequest(version);
        if (type == request || type == request + 1) {
            return multipart(in, version, type != request);
        }
        return new Headers(version, row(Kind.TYPE, type, version), false);
    }

    /// The type number of multipart requests; that of the replies is the next.
    static int multipartRequest(Version version) {
        return version == Version.OF10 ? 16 : 18;
    }

    private static Headers multipart(WireReader in, Version version, boolean reply) {
        boolean old = version == Version.OF10;
        need(in, old ? 4 : 8);
        int number = in.u16();
        boolean more = (in.u16() & 1) != 0;
        in.skip(old ? 0 : 4);
        Kind kind = reply ? Kind.REPLY : Kind.REQUEST;
        if (number == MULTIPART_EXPERIMENTER) {
            need(in, old ? 4 : 8);
            int vendor = in.s32();
            // The ONF's own ones are younger than OpenFlow 1.0.
            Kind nicira = reply ? Kind.NX_REPLY : Kind.NX_REQUEST;
            Kind onf = reply ? Kind.ONF_REPLY : Kind.ONF_REQUEST;
            kind = vendor(old && vendor == ErrorCode.ONF ? 0 : vendor, nicira, onf);
            need(in, old ? 8 : 4);
            number = in.s32();
            in.skip(old ? 4 : 0);
        }
        return new Headers(version, row(kind, number, version), more);
    }

    private static Row<?> row(Kind kind, int number, Version version) {
        Row<?> row = MessageTable.byNumber(kind, number, version);
        if (row == null) {
            ErrorCode error =
                    kind.dialect() != Dialect.STANDARD
                            ? ErrorCode.OFPBRC_BAD_SUBTYPE
                            : kind.multipart()
                                    ? ErrorCode.OFPBRC_BAD_STAT
                                    : ErrorCode.OFPBRC_BAD_TYPE;
            throw new OpenFlowException(error, "%s has no %s %d".formatted(version, kind, number));
        }
        return row;
    }

    /// The headers must be whole before anything in them is looked at.
    private static void need(WireReader in, int bytes) {
        if (in.remaining() < bytes) {
            throw new OpenFlowException(
                    ErrorCode.OFPBRC_BAD_LEN, "%d bytes of headers left".formatted(in.remaining()));
        }
    }

    private static Kind vendor(int vendor, Kind nicira, Kind onf) {
        return switch (vendor) {
            case ErrorCode.NICIRA -> nicira;
            case ErrorCode.ONF -> onf;
            default ->
                    throw new OpenFlowException(
                            ErrorCode.OFPBRC_BAD_VENDOR, "vendor 0x%08x".formatted(vendor));
        };
    }
}
