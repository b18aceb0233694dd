package org.skyway.openflow.wire;

import org.skyway.openflow.message.Dialect;
import org.skyway.openflow.message.Envelope;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Message;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.wire.MessageTable.Context;
import org.skyway.openflow.wire.MessageTable.Kind;
import org.skyway.openflow.wire.MessageTable.Row;

/// A message whose headers have been read and whose body has not: which form of which message it
/// is. It is looked at by one thread, and its body once.
public final class MessageHead {
    private static final int EXPERIMENTER = 4;
    private static final int MULTIPART_EXPERIMENTER = 0xffff;

    private final Version version;
    private final int xid;
    private final Row<?> row;
    private final boolean more;
    private final WireReader body;

    private MessageHead(Version version, int xid, Row<?> row, boolean more, WireReader body) {
        this.version = version;
        this.xid = xid;
        this.row = row;
        this.more = more;
        this.body = body;
    }

    /// Reads the headers of a whole message and leaves its body.
    ///
    /// @throws OpenFlowException if there is no such message
    static MessageHead read(WireReader in) {
        int number = in.u8();
        Version version = Version.of(number);
        if (version == null) {
            throw new OpenFlowException(ErrorCode.OFPBRC_BAD_VERSION, "version " + number);
        }
        int type = in.u8();
        in.skip(2);
        int xid = in.s32();
        if (type == EXPERIMENTER) {
            need(in, 8);
            Kind kind = vendor(in.s32(), Kind.NXT, Kind.ONFT);
            return new MessageHead(version, xid, row(kind, in.s32(), version), false, in);
        }
        int request = multipartRequest(version);
        if (type == request || type == request + 1) {
            return multipart(in, version, xid, type != request);
        }
        return new MessageHead(version, xid, row(Kind.TYPE, type, version), false, in);
    }

    /// What kind of message it is.
    ///
    /// @return the message's class
    public Class<? extends Message> type() {
        return row.type();
    }

    /// Reads its body.
    ///
    /// @param tableInCommand whether NXT_FLOW_MOD_TABLE_ID is on for the connection
    /// @return what it says
    /// @throws OpenFlowException if it is not understood; carries what to answer
    public Envelope decode(boolean tableInCommand) {
        Dialect dialect = row.form().kind().dialect();
        Context c = Context.of(version, dialect, tableInCommand);
        return new Envelope(version, xid, dialect, more, row.decoder().decode(body, c));
    }

    Version version() {
        return version;
    }

    Row<?> row() {
        return row;
    }

    /// Whether more parts of the same multipart message follow.
    boolean more() {
        return more;
    }

    /// The type number of multipart requests; that of the replies is the next.
    static int multipartRequest(Version version) {
        return version == Version.OF10 ? 16 : 18;
    }

    private static MessageHead multipart(WireReader in, Version version, int xid, boolean reply) {
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
        return new MessageHead(version, xid, row(kind, number, version), more, in);
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
