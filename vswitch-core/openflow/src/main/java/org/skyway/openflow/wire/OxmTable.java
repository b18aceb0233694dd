package org.skyway.openflow.wire;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.skyway.openflow.message.ErrorCode;
import org.skyway.openflow.message.Version;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.Prerequisite;

/// The headers of all match fields: one row for each header, several for a field that has more than
/// one.
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

    private static final long EXPERIMENTER_CLASS = 0xffffL << 48;
    private static final long NSH_VENDOR = 0x005ad650;

    /// One header.
    ///
    /// @param field what it stands for
    /// @param header class, field and experimenter
    /// @param bytes length of the value on the wire
    /// @param since the wire version from which this header is preferred to the rows before it
    record Row(Field field, long header, int bytes, int since) {
        boolean experimenter() {
            return isExperimenter(header);
        }

        /// The first four bytes of the header.
        int head(boolean masked) {
            int length = (masked ? 2 * bytes : bytes) + (experimenter() ? 4 : 0);
            return (int) (header >>> 32) | (masked ? 0x100 : 0) | length;
        }

        /// The length of the header with the experimenter id.
        int headBytes() {
            return experimenter() ? 8 : 4;
        }
    }

    private static final int FIELDS = 128; // the number has 7 bits
    private static final int OXM = 3; // the version that it came with
    private static final int NEWEST = Version.OF15.number();

    private static final Map<Long, Row> BY_HEADER = new HashMap<>();
    private static final Map<Field, List<Row>> BY_FIELD = new EnumMap<>(Field.class);

    /// The same for the three classes of nearly all headers, by class and field number; and by
    /// field and version.
    private static final Row[][] COMMON = new Row[3][FIELDS];

    private static final Row[][] CHOSEN = new Row[Field.values().length][NEWEST + 1];

    static {
        for (Field f : Field.values()) {
            if (f.nxmHeader() != 0 || f == Field.IN_PORT_NXM) {
                row(f, (long) f.nxmHeader() << 32 | vendor(f), bytes(f), NXM);
            }
            if (f == Field.DP_HASH) { // a second one, preferred since OpenFlow 1.5
                row(f, EXPERIMENTER_CLASS | ErrorCode.NICIRA, bytes(f), 6);
            }
            int oxm = f.oxmHeader();
            if (f == Field.TCP_FLAGS || f == Field.ACTSET_OUTPUT) {
                // Standard in 1.5 only; before, the ONF's extension with the same field number.
                row(f, EXPERIMENTER_CLASS | (oxm & 0xfe00L) << 32 | ErrorCode.ONF, bytes(f), 4);
                row(f, (long) oxm << 32, bytes(f), 6);
            } else if (oxm != 0) {
                row(f, (long) oxm << 32, bytes(f), OXM);
            }
        }
        BY_HEADER.forEach((header, row) -> {
            int common = common(header);
            if (common >= 0) {
                COMMON[common][number(header)] = row;
            }
        });
        BY_FIELD.forEach((field, rows) -> {
            for (int version = 0; version <= NEWEST; version++) {
                CHOSEN[field.ordinal()][version] = choose(rows, version);
            }
        });
    }

    /// Whose extension a field of the class of such extensions is.
    private static long vendor(Field f) {
        if (!isExperimenter((long) f.nxmHeader() << 32)) {
            return 0;
        }
        return f.prerequisite() == Prerequisite.NSH ? NSH_VENDOR : ErrorCode.NICIRA;
    }

    private static Row choose(List<Row> rows, int version) {
        Row best = null;
        for (Row r : rows) {
            if (best == null || version >= r.since) {
                best = r;
            }
        }
        return best;
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

    private static void row(Field field, long header, int bytes, int since) {
        Row row = new Row(field, header & 0xfffffe00_ffffffffL, bytes, since);
        BY_HEADER.put(row.header, row);
        BY_FIELD.merge(
                field,
                List.of(row),
                (a, b) -> java.util.stream.Stream.concat(a.stream(), b.stream()).toList());
    }

    /// The length of a field's value on the wire: whole bytes, and more for the few that are
    /// padded.
    private static int bytes(Field f) {
        return switch (f) {
            case ICMPV4_TYPE, ICMPV4_CODE, ICMPV6_TYPE, ICMPV6_CODE -> 1;
            case ARP_OP -> 2;
            case IPV6_LABEL, MPLS_LABEL, NSH_SPI -> 4;
            case TUN_FLAGS -> 2;
            default -> (f.bits() + 7) / 8;
        };
    }

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
