package org.skyway.openflow.wire;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.OpenFlowException;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Action;
import org.skyway.openflow.model.Match;

/// All actions: one row for each form on the wire, with the versions that have it and the lengths
/// that it may have.
///
/// The rows are in [StandardActions] and [NiciraActions].
final class ActionTable {
    /// What a reader of one action needs to know besides its bytes.
    ///
    /// @param version of the message
    /// @param match of the flow-mod, for OpenFlow 1.0's ports; [Match#ANY] elsewhere
    /// @param depth how deep the action is nested in others
    record Context(Version version, Match match, int depth) {}

    /// Reads what follows an action's header.
    interface Decoder {
        Action decode(WireReader in, Context context);
    }

    /// One form of an action.
    ///
    /// @param minLength bytes, header included
    /// @param maxLength bytes, header included
    record Row(int minLength, int maxLength, Decoder decoder) {}

    /// Any length that is long enough.
    static final int ANY_LENGTH = 0xffff;

    /// By vendor and type.
    private static final Map<Version, Map<Long, Row>> ROWS = new EnumMap<>(Version.class);

    static {
        for (Version v : Version.values()) {
            ROWS.put(v, new HashMap<>());
        }
        StandardActions.register();
        NiciraActions.register();
    }

    private ActionTable() {}

    /// Adds a row.
    ///
    /// @param vendor 0, or an experimenter id
    /// @param type action type or experimenter's subtype
    /// @param first the first version that has it
    /// @param last the last version that has it
    static void row(
            int vendor,
            int type,
            Version first,
            Version last,
            int minLength,
            int maxLength,
            Decoder decoder) {
        Row row = new Row(minLength, maxLength, decoder);
        for (Version v : Version.values()) {
            if (v.atLeast(first) && last.atLeast(v)) {
                ROWS.get(v).put(key(vendor, type), row);
            }
        }
    }

    private static long key(int vendor, int type) {
        return (long) vendor << 32 | type;
    }

    /// The row of an action.
    static Row of(int vendor, int type, Version version) {
        Row row = ROWS.get(version).get(key(vendor, type));
        if (row == null) {
            throw new OpenFlowException(
                    vendor == 0 ? ErrorCode.OFPBAC_BAD_TYPE : ErrorCode.OFPBAC_BAD_VENDOR_TYPE,
                    "%s has no action %d of vendor 0x%x".formatted(version, type, vendor));
        }
        return row;
    }
}
