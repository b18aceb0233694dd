package org.skyway.vswitch.ofproto;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.FlowMod;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.StatsRequest;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Bytes;

/// Requests to change what tables can do. All tables can do everything and there are always as many
/// of them, so all that can be changed is their names; what more is asked for is refused as Open
/// vSwitch does.
final class TableFeatureRequests {
    private static final int COMMAND = 3;
    private static final int NAME = 8;
    private static final int NAME_BYTES = 32;
    private static final int MAX_ENTRIES = 60;

    /// OpenFlow 1.5's commands; before, a request always replaces everything.
    private static final int REPLACE = 0;

    private static final int MODIFY = 1;
    private static final int DISABLE = 3;

    private TableFeatureRequests() {}

    /// Does a request whole, or throws and has changed nothing.
    ///
    /// @throws OpenFlowException if it is refused
    static void apply(OfSwitch bridge, StatsRequest.TableFeatures request, Version version) {
        Map<Integer, String> names = new HashMap<>();
        int command = REPLACE;
        for (Bytes wanted : request.wanted()) {
            ByteBuffer b = ByteBuffer.wrap(wanted.toArray());
            int table = b.get(2) & 0xff;
            if (names.isEmpty() && version.atLeast(Version.OF15)) {
                command = b.get(COMMAND) & 0xff;
            }
            if (version.atLeast(Version.OF15) && (b.get(COMMAND) & 0xff) > DISABLE) {
                throw new OpenFlowException(
                        ErrorCode.OFPTFFC_BAD_COMMAND, "command " + (b.get(COMMAND) & 0xff));
            }
            if (table == FlowMod.ALL_TABLES) {
                throw new OpenFlowException(
                        ErrorCode.OFPTFFC_BAD_TABLE, "table %d is none".formatted(table));
            }
            if (names.put(table, name(b)) != null) {
                throw new OpenFlowException(
                        ErrorCode.NXTFFC_DUP_TABLE, "table %d comes twice".formatted(table));
            }
            if (table >= FlowTables.VISIBLE) {
                throw refused("table %d can't be changed".formatted(table));
            }
            if (b.getInt(MAX_ENTRIES) != FlowTables.MAX_ENTRIES) {
                throw refused(
                        "table %d holds %d entries, not %d"
                                .formatted(table, FlowTables.MAX_ENTRIES, b.getInt(MAX_ENTRIES)));
            }
        }
        boolean all = names.size() == FlowTables.VISIBLE;
        if (command != MODIFY && (command != REPLACE || !all)) {
            throw refused("the number of tables can't be changed");
        }
        names.forEach((table, name) -> {
            bridge.tables().settings(table).name = name;
            bridge.remember(table);
        });
    }

    private static String name(ByteBuffer b) {
        int n = 0;
        while (n < NAME_BYTES && b.get(NAME + n) != 0) {
            n++;
        }
        return new String(b.array(), NAME, n, StandardCharsets.UTF_8);
    }

    private static OpenFlowException refused(String reason) {
        return new OpenFlowException(ErrorCode.OFPTFFC_EPERM, reason);
    }
}
