package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF15;
import static org.skyway.openflow.wire.MessageTable.Kind.NXT;
import static org.skyway.openflow.wire.MessageTable.Kind.REPLY;
import static org.skyway.openflow.wire.MessageTable.row;

import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.ExtensionMessage.CtFlush;
import org.skyway.openflow.message.ExtensionMessage.CtFlushZone;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.model.Bytes;

/// Nicira's messages about tracked connections.
final class TrackingRows {
    private static final int ORIGINAL = 0;
    private static final int REPLY = 1;
    private static final int ZONE = 2;

    private static final int ADDRESS_BYTES = 16;

    private TrackingRows() {}

    // spotless:off
    static void register() {
        row(CtFlushZone.class, NXT.at(29, OF10, OF15, 8, 0),
                (in, c) -> {
                    in.zeros(6, ErrorCode.NXBRC_MUST_BE_ZERO);
                    return new CtFlushZone(in.u16());
                },
                (out, m, c) -> out.zeros(6).u16(m.zone()));
        row(CtFlush.class, NXT.at(32, OF10, OF15, 8, 8),
                (in, c) -> {
                    int protocol = in.u8();
                    in.zeros(7, ErrorCode.NXBRC_MUST_BE_ZERO);
                    Bytes properties = BasicRows.rest(in);
                    WireReader each =
                            new WireReader(
                                    properties.toArray(),
                                    0,
                                    properties.length(),
                                    ErrorCode.OFPBPC_BAD_LEN);
                    while (each.remaining() > 0) {
                        check(Properties.next(each));
                    }
                    return new CtFlush(protocol, properties);
                },
                (out, m, c) -> out.u8(m.protocol()).zeros(7).bytes(m.properties()));
    }
    // spotless:on

    /// Unknown properties are ignored, as in Open vSwitch.
    private static void check(Properties.Property p) {
        switch (p.type()) {
            case ORIGINAL, REPLY -> {
                need(p, 4);
                p.value().skip(4);
                while (p.value().remaining() > 0) {
                    checkTuple(Properties.next(p.value()));
                }
            }
            case ZONE -> need(p, 2);
            default -> {}
        }
    }

    /// Two addresses, two ports; identifier, type and code of ICMP.
    private static void checkTuple(Properties.Property p) {
        switch (p.type()) {
            case 0, 1 -> need(p, ADDRESS_BYTES);
            case 2, 3, 4 -> need(p, 2);
            case 5, 6 -> need(p, 1);
            default -> {}
        }
    }

    private static void need(Properties.Property p, int bytes) {
        if (p.value().remaining() < bytes) {
            throw new OpenFlowException(
                    ErrorCode.OFPBPC_BAD_LEN,
                    "property %d has %d bytes, not %d"
                            .formatted(p.type(), p.value().remaining(), bytes));
        }
    }
}
