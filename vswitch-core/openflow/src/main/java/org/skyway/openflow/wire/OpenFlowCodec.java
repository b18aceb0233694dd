package org.skyway.openflow.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
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
    private static final int OLDEST = 1;
    private static final int NEWEST = 6;
    private static final int MULTIPART_EXPERIMENTER = 0xffff;

    /// What messages that are a frame each are written with.
    private static final ThreadLocal<WireWriter> WRITERS = ThreadLocal.withInitial(WireWriter::new);

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

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
        return (int) INT.get(frame, 4);
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
        return head(frame, 0, frame.length).decode(tableInCommand);
    }

    /// Reads the headers of a message, so that it can be told what it is before its body is looked
    /// at.
    ///
    /// @param data has a whole message in it; must not be changed before that was decoded
    /// @param from where it begins
    /// @param length of the message
    /// @return which message it is
    /// @throws OpenFlowException if there is no such message, or it can't have that length
    public static MessageHead head(byte[] data, int from, int length) {
        WireReader in = new WireReader(data, from, length, ErrorCode.OFPBRC_BAD_LEN);
        MessageHead head = MessageHead.read(in);
        head.row().form().checkLength(in.remaining());
        return head;
    }

    /// Writes a message that fits into one frame.
    ///
    /// @param envelope what to say
    /// @return the frame
    /// @throws IllegalArgumentException if the version has no form for it, or it is too long
    public static byte[] encode(Envelope envelope) {
        Row<?> row =
                MessageTable.byMessage(envelope.message(), envelope.version(), envelope.dialect());
        if (!row.form().kind().multipart()) {
            WireWriter out = WRITERS.get();
            out.clear();
            putHeader(out, row, envelope);
            return encodeBody(row, out, envelope, false);
        }
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
        if (row.form().kind().multipart()) {
            out.splitAt(MAX_FRAME, end -> frames.accept(frame(row, envelope, true, out, end)));
        }
        frames.accept(encodeBody(row, out, envelope, tableInCommand));
    }

    @SuppressWarnings("unchecked")
    private static <M extends Message> byte[] encodeBody(
            Row<M> row, WireWriter out, Envelope e, boolean tableInCommand) {
        Context c = Context.of(e.version(), row.form().kind().dialect(), tableInCommand);
        row.encoder().encode(out, (M) e.message(), c);
        return frame(row, e, e.more(), out, out.size());
    }

    /// Writes the headers; length and "more" are filled in by [#frame].
    private static void putHeader(WireWriter out, Row<?> row, Envelope e) {
        Kind kind = row.form().kind();
        boolean old = e.version() == Version.OF10;
        int type =
                kind.multipart()
                        ? MessageHead.multipartRequest(e.version()) + (kind.reply() ? 1 : 0)
                        : kind == Kind.TYPE ? row.form().number() : EXPERIMENTER;
        out.u8(e.version().number()).u8(type).u16(0).u32(e.xid());
        if (kind.multipart()) {
            boolean standard = kind.dialect() == Dialect.STANDARD;
            out.u16(standard ? row.form().number() : MULTIPART_EXPERIMENTER).u16(0);
            out.zeros(old ? 0 : 4);
            if (!standard) {
                out.u32(vendor(kind)).u32(row.form().number()).zeros(old ? 4 : 0);
            }
        } else if (kind != Kind.TYPE) {
            out.u32(vendor(kind)).u32(row.form().number());
        }
    }

    private static byte[] frame(Row<?> row, Envelope e, boolean more, WireWriter out, int length) {
        if (length > MAX_FRAME) {
            throw new IllegalArgumentException(
                    "%s of %d bytes does not fit into a message"
                            .formatted(e.message().getClass().getSimpleName(), length));
        }
        out.setU16(2, length);
        if (row.form().kind().multipart()) {
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

    /// The answer to a message of another version than the connection's: an error that is the same
    /// in all versions, in the message's version if there is such a one, else in the oldest.
    ///
    /// @param error what is wrong
    /// @param offending the refused message
    /// @return a frame
    public static byte[] errorInItsVersion(ErrorCode error, byte[] offending) {
        byte[] frame = error(Version.OF10, error, offending);
        int version = version(offending);
        frame[0] = (byte) (version >= OLDEST && version <= NEWEST ? version : OLDEST);
        return frame;
    }
}
