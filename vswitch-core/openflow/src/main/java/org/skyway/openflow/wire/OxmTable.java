package org.skyway.openflow.wire;

import java.util.HashMap;
import java.util.Map;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FieldHeader;

/// The headers of all match fields, to be looked up by number and by field and version.
///
/// A header is class (16 bits), field (7), has-mask (1) and length (8); class 0xffff is followed by
/// an experimenter id (32). Here it is one long, with has-mask and length zero: class and field in
/// the upper half, the experimenter id in the lower.
///
/// Sources: OpenFlow 1.3.5, "Flow Match Field Structures"; OpenFlow 1.5.1, "Flow Match Fields"; for
/// the extensions, Open vSwitch's `ovs-fields(7)`.
final class OxmTable {
    /// Any version, and NXM.
    static final int NXM = 0;

    /// One header.
    ///
    /// @param field what it stands for
    /// @param header class, field and experimenter
    record Row(Field field, long header) {
        boolean experimenter() {
            return isExperimenter(header);
        }

        /// The length of the value on the wire.
        int bytes() {
            return field.bytes();
        }

        /// The first four bytes of the header.
        int head(boolean masked) {
            int length = (masked ? 2 * bytes() : bytes()) + (experimenter() ? 4 : 0);
            return (int) (header >>> 32) | (masked ? 0x100 : 0) | length;
        }
    }

    private static final int FIELDS = 128; // the number has 7 bits
    private static final int OXM = 3; // the version that it came with
    private static final int NEWEST = Version.OF15.number();

    private static final Map<Long, Row> BY_HEADER = new HashMap<>();

    /// The same for the three classes of nearly all headers, by class and field number; and by
    /// field and version.
    private static final Row[][] COMMON = new Row[3][FIELDS];

    private static final Row[][] CHOSEN = new Row[Field.values().length][NEWEST + 1];

    static {
        for (Field f : Field.values()) {
            for (FieldHeader h : f.headers()) {
                Row row = new Row(f, h.code());
                BY_HEADER.put(h.code(), row);
                int common = common(h.code());
                if (common >= 0) {
                    COMMON[common][number(h.code())] = row;
                }
                for (int version = 0; version <= NEWEST; version++) {
                    if (CHOSEN[f.ordinal()][version] == null || version >= h.since()) {
                        CHOSEN[f.ordinal()][version] = row;
                    }
                }
            }
        }
    }

    /// Where the fields of a class are in [#COMMON]; -1 for nowhere.
    private static int common(long header) {
        return switch ((int) (header >>> 48)) {
            case 0 -> 0;
            case 1 -> 1;
            case 0x8000 -> 2;
            default -> -1;
        };
    }

    private static int number(long header) {
        return (int) (header >>> 41) & FIELDS - 1;
    }

    private OxmTable() {}

    static boolean isExperimenter(long header) {
        return header >>> 48 == 0xffff;
    }

    /// The row of a header.
    ///
    /// @return null if it is unknown
    static Row byHeader(long header) {
        int common = common(header);
        return common >= 0
                ? COMMON[common][number(header)]
                : BY_HEADER.get(header & 0xfffffe00_ffffffffL);
    }

    /// The row to write a field with.
    ///
    /// @param version wire version, or [#NXM]
    static Row of(Field field, int version) {
        return CHOSEN[field.ordinal()][version];
    }

    /// The row to write a field with in a match: in NXM it may be an alias's.
    ///
    /// @param version wire version, or [#NXM]
    static Row inMatch(Field field, int version) {
        return switch (field) {
            // A port is written in 32 bits wherever that is allowed.
            case IN_PORT -> of(version == NXM ? Field.IN_PORT_NXM : field, version);
            case IP_DSCP -> of(version < OXM ? Field.IP_TOS : field, version);
            default -> of(field, version);
        };
    }

    /// Whether a field has an NXM header, which the older Nicira actions need.
    static boolean hasNxm(Field field) {
        return !of(field, NXM).experimenter();
    }
}
