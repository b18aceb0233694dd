package org.skyway.openflow.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.skyway.openflow.message.Dialect;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Bytes;
import org.skyway.openflow.wire.MessageTable.Context;
import org.skyway.openflow.wire.MessageTable.Kind;
import org.skyway.openflow.wire.MessageTable.Row;

/// Turns frames, each a whole message with its header, into envelopes and back. Stateless; any
/// thread.
public final class OpenFlowCodec {
    /// Bytes of the header that every message has: version, type, length, transaction id.
    public static final int HEADER = 8;

    /// The longest message there can be.
    public static final int MAX_FRAME = 0xffff;

    /// The type number of a hello, in every version.
    public static final int HELLO = 0;

    /// How much of an offending message an error carries: all of it, as in Open vSwitch, unless the
    /// error would get too long.
    private static final int ERROR_DATA = MAX_FRAME - HEADER - 12;

    private static final int EXPERIMENTER = 4;
    private static final int MULTIPART_EXPERIMENTER = 0xffff;

    private OpenFlowCodec() {}

    /// The version number of a frame.
    ///
    /// @param frame a whole message
    /// @return 0 to 255
    public static int version(byte[] frame) {
        return frame[0] & 0xff;
    }

    /// The type number of a frame.
    ///
    /// @param frame a whole message
    /// @return 0 to 255
    public static int type(byte[] frame) {
        return frame[1] & 0xff;
    }

    /// The transaction id of a frame.
    ///
    /// @param frame a whole message
    /// @return the id
    public static int xid(byte[] frame) {
        return new WireReader(frame, 4, 4, ErrorCode.OFPBRC_BAD_LEN).s32();
    }

    /// Which versions a hello offers: those of its bitmap, or all up to its own if it has none.
    ///
    /// @param frame a hello of any version
    /// @return bit `n` is set for wire version `n`
    public static int helloVersions(byte[] frame) {
        WireReader in =
                new WireReader(frame, HEADER, frame.length - HEADER, ErrorCode.OFPBRC_BAD_LEN);
        while (in.remaining() >= 4) {
            int type = in.u16();
            int length = in.u16();
            if (length < 4 || length - 4 > in.remaining()) {
                break;
            }
            if (type == 1 && length >= 8) {
                return in.s32();
            }
            in.skip(Math.min(in.remaining(), (length + 7 & ~7) - 4));
        }
        int version = Math.min(version(frame), 30);
        return (1 << version + 1) - 1 & ~1;
    }

    /// Reads a frame.
    ///
    /// @param frame a whole message
    /// @param tableInCommand whether NXT_FLOW_MOD_TABLE_ID is on for the connection
    /// @return what it says
    /// @throws OpenFlowException if it is not understood; carries what to answer
    public static Envelope decode(byte[] frame, boolean tableInCommand) {
        Version version = Version.of(version(frame));
        if (version == null) {
            throw new OpenFlowException(ErrorCode.OFPBRC_BAD_VERSION, "version " + version(frame));
        }
        WireReader in = new WireReader(frame, ErrorCode.OFPBRC_BAD_LEN);
        in.skip(1);
        int type = in.u8();
        in.skip(6);
        Kind kind = Kind.TYPE;
        int number = type;
        boolean more = false;
        int request = version == Version.OF10 ? 16 : 18;
        if (type == EXPERIMENTER) {
            need(in, 8);
            kind = vendor(in.s32(), Kind.NXT, Kind.ONFT);
            number = in.s32();
        } else if (type == request || type == request + 1) {
            boolean reply = type != request;
            number = in.u16();
            more = (in.u16() & 1) != 0;
            in.skip(version == Version.OF10 ? 0 : 4);
            kind = reply ? Kind.REPLY : Kind.REQUEST;
            if (number == MULTIPART_EXPERIMENTER) {
                need(in, version == Version.OF10 ? 4 : 8);
                kind =
                        reply
                                ? vendor(in.s32(), Kind.NX_REPLY, Kind.ONF_REPLY)
                                : vendor(in.s32(), Kind.NX_REQUEST, Kind.ONF_REQUEST);
                number = in.s32();
                in.skip(version == Version.OF10 ? 4 : 0);
            }
        }
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
        row.checkLength(in.remaining());
        Context c = new Context(version, kind.dialect(), tableInCommand);
        Message message = row.decoder().decode(in, c);
        return new Envelope(version, xid(frame), kind.dialect(), more, message);
    }

    /// The headers must be whole before anything in them is looked at.
    private static void need(WireReader in, int bytes) {
        if (in.remaining() < bytes) {
            throw new OpenFlowException(
                    ErrorCode.OFPBRC_BAD_LEN, "%d bytes of headers left".formatted(in.remaining()));
        }
    }

    /// Whether a frame is part of a multipart request of which more parts follow. OpenFlow 1.0 has
    /// no requests in parts.
    ///
    /// @param frame a whole message
    /// @return true if more parts follow
    public static boolean morePartsFollow(byte[] frame) {
        return isMultipartRequest(frame) && (frame[11] & 1) != 0;
    }

    /// Whether a frame is a multipart request that may come in parts.
    ///
    /// @param frame a whole message
    /// @return false for OpenFlow 1.0
    public static boolean isMultipartRequest(byte[] frame) {
        return version(frame) != Version.OF10.number() && type(frame) == 18 && frame.length >= 16;
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

    /// Writes a message that fits into one frame.
    ///
    /// @param envelope what to say
    /// @return the frame
    /// @throws IllegalArgumentException if the version has no form for it, or it is too long
    public static byte[] encode(Envelope envelope) {
        List<byte[]> frames = new ArrayList<>(1);
        encodeAll(envelope, false, frames::add);
        if (frames.size() != 1) {
            throw new IllegalArgumentException(
                    "%s takes %d frames"
                            .formatted(
                                    envelope.message().getClass().getSimpleName(), frames.size()));
        }
        return frames.getFirst();
    }

    /// Writes a message, a long multipart one in several frames.
    ///
    /// @param envelope what to say
    /// @param tableInCommand whether NXT_FLOW_MOD_TABLE_ID is on for the connection
    /// @param frames gets the frames in order, each as soon as it is full
    /// @throws IllegalArgumentException if the version has no form for it, or an item is too long
    public static void encodeAll(
            Envelope envelope, boolean tableInCommand, Consumer<byte[]> frames) {
        Row<?> row =
                MessageTable.byMessage(envelope.message(), envelope.version(), envelope.dialect());
        WireWriter out = new WireWriter();
        putHeader(out, row, envelope);
        if (row.kind().multipart()) {
            out.splitAt(MAX_FRAME, end -> frames.accept(frame(row, envelope, true, out, end)));
        }
        Context c = new Context(envelope.version(), row.kind().dialect(), tableInCommand);
        encodeBody(row, out, envelope.message(), c);
        frames.accept(frame(row, envelope, envelope.more(), out, out.size()));
    }

    @SuppressWarnings("unchecked")
    private static <M extends Message> void encodeBody(
            Row<M> row, WireWriter out, Message message, Context c) {
        row.encoder().encode(out, (M) message, c);
    }

    /// Writes the headers; length and "more" are filled in by [#frame].
    private static void putHeader(WireWriter out, Row<?> row, Envelope e) {
        Kind kind = row.kind();
        boolean old = e.version() == Version.OF10;
        int type =
                kind.multipart()
                        ? (old ? 16 : 18) + (kind.reply() ? 1 : 0)
                        : kind == Kind.TYPE ? row.number() : EXPERIMENTER;
        out.u8(e.version().number()).u8(type).u16(0).u32(e.xid());
        if (kind.multipart()) {
            boolean standard = kind.dialect() == Dialect.STANDARD;
            out.u16(standard ? row.number() : MULTIPART_EXPERIMENTER).u16(0);
            out.zeros(old ? 0 : 4);
            if (!standard) {
                out.u32(vendor(kind)).u32(row.number()).zeros(old ? 4 : 0);
            }
        } else if (kind != Kind.TYPE) {
            out.u32(vendor(kind)).u32(row.number());
        }
    }

    private static byte[] frame(Row<?> row, Envelope e, boolean more, WireWriter out, int length) {
        if (length > MAX_FRAME) {
            throw new IllegalArgumentException(
                    "%s of %d bytes does not fit into a message"
                            .formatted(e.message().getClass().getSimpleName(), length));
        }
        out.setU16(2, length);
        if (row.kind().multipart()) {
            out.setU16(10, more ? 1 : 0);
        }
        return out.head(length);
    }

    private static int vendor(Kind kind) {
        return kind.dialect() == Dialect.NICIRA ? ErrorCode.NICIRA : ErrorCode.ONF;
    }

    /// The answer to a message that was refused: an error with the message and its transaction id.
    ///
    /// @param version of the connection
    /// @param error what is wrong
    /// @param offending the refused message
    /// @return a frame
    public static byte[] error(Version version, ErrorCode error, byte[] offending) {
        int n = Math.min(offending.length, ERROR_DATA);
        Bytes data = Bytes.of(Arrays.copyOf(offending, n));
        return encode(
                new Envelope(
                        version, xid(offending), new Message.Failure(error.in(version), data)));
    }
}
