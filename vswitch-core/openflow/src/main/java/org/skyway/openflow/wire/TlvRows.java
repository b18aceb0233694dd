package org.skyway.openflow.wire;

import static org.skyway.openflow.message.Version.OF10;
import static org.skyway.openflow.message.Version.OF15;
import static org.skyway.openflow.wire.MessageTable.Kind.NXT;
import static org.skyway.openflow.wire.MessageTable.empty;
import static org.skyway.openflow.wire.MessageTable.row;

import java.util.ArrayList;
import java.util.List;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.ExtensionMessage.TlvMapping;
import org.skyway.openflow.message.ExtensionMessage.TlvTableMod;
import org.skyway.openflow.message.ExtensionMessage.TlvTableReply;
import org.skyway.openflow.message.ExtensionMessage.TlvTableRequest;
import org.skyway.openflow.message.OpenFlowException;

/// Nicira's messages about options of tunnel headers.
final class TlvRows {
    /// How many fields there are for options.
    private static final int FIELDS = 64;

    /// The longest option.
    private static final int MAX_OPTION = 124;

    private static final int MAPPING_BYTES = 8;

    private TlvRows() {}

    // spotless:off
    static void register() {
        row(TlvTableMod.class, NXT.at(24, OF10, OF15, 8, MAPPING_BYTES),
                (in, c) -> mod(in),
                (out, m, c) -> {
                    out.u16(m.command()).zeros(6);
                    put(out, m.mappings());
                });
        empty(TlvTableRequest.class, NXT.at(25, OF10, OF15, 0, 0), new TlvTableRequest());
        row(TlvTableReply.class, NXT.at(26, OF10, OF15, 16, MAPPING_BYTES),
                (in, c) -> {
                    int space = in.s32();
                    int fields = in.u16();
                    in.skip(10);
                    return new TlvTableReply(space, fields, mappings(in, fields));
                },
                (out, m, c) -> {
                    out.u32(m.maxOptionSpace()).u16(m.maxFields()).zeros(10);
                    put(out, m.mappings());
                });
    }
    // spotless:on

    private static TlvTableMod mod(WireReader in) {
        int command = in.u16();
        in.skip(6);
        if (command > TlvTableMod.CLEAR) {
            throw new OpenFlowException(ErrorCode.NXTTMFC_BAD_COMMAND, "command " + command);
        }
        return new TlvTableMod(command, mappings(in, FIELDS));
    }

    private static List<TlvMapping> mappings(WireReader in, int fields) {
        List<TlvMapping> mappings = new ArrayList<>();
        while (in.remaining() > 0) {
            TlvMapping m = new TlvMapping(in.u16(), in.u8(), in.u8(), in.u16());
            in.skip(2);
            if (m.length() % 4 != 0 || m.length() > MAX_OPTION) {
                throw new OpenFlowException(
                        ErrorCode.NXTTMFC_BAD_OPT_LEN,
                        "an option has %d bytes, not a multiple of 4 up to %d"
                                .formatted(m.length(), MAX_OPTION));
            }
            if (m.field() >= fields) {
                throw new OpenFlowException(
                        ErrorCode.NXTTMFC_BAD_FIELD_IDX, "tun_metadata" + m.field());
            }
            mappings.add(m);
        }
        return mappings;
    }

    private static void put(WireWriter out, List<TlvMapping> mappings) {
        for (TlvMapping m : mappings) {
            out.u16(m.optionClass()).u8(m.optionType()).u8(m.length()).u16(m.field()).zeros(2);
        }
    }
}
