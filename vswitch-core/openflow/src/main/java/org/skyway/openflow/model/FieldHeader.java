package org.skyway.openflow.model;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One of the headers that a [Field] has on the wire: NXM, OXM or an extension of OXM's.
///
/// @param name as in `ovs-fields(7)`, in upper case
/// @param code class (16 bits), field (7), has-mask and length (9, all 0), and the id of an
///   experimenter (32), which is 0 except in class 0xffff
/// @param since the wire version from which it is preferred to those before it; 0 for any, and NXM
public record FieldHeader(String name, long code, int since) {
    // spotless:off
    private enum Family {
        //             class   experimenter since
        NXM_OF(        0x0000, 0,           0),
        NXM_NX(        0x0001, 0,           0),
        ERICOXM_OF(    0x1000, 0,           0),
        OXM_OF_PKT_REG(0x8001, 0,           3),
        OXM_OF(        0x8000, 0,           3),
        ONFOXM_ET(     0xffff, 0x4f4e4600,  4),
        NXOXM_NSH(     0xffff, 0x005ad650,  0),
        NXOXM_ET(      0xffff, 0x00002320,  0);
        // spotless:on

        final long code;
        final int since;

        Family(int number, int experimenter, int since) {
            this.code = (long) number << 48 | experimenter;
            this.since = since;
        }
    }

    private static final Pattern WRITTEN =
            Pattern.compile("(\\w+)\\((\\d+)\\)(?: since 1\\.(\\d))?");

    /// Reads the last column of a field's row: names with field numbers, and the version of
    /// OpenFlow where that is not the first that could have it.
    static List<FieldHeader> list(String text) {
        List<FieldHeader> headers = new ArrayList<>();
        Matcher each = WRITTEN.matcher(text);
        while (each.find()) {
            headers.add(of(each.group(1), Long.parseLong(each.group(2)), each.group(3)));
        }
        return List.copyOf(headers);
    }

    private static FieldHeader of(String name, long number, String minor) {
        for (Family family : Family.values()) {
            if (name.startsWith(family.name())) {
                int since = minor == null ? family.since : Integer.parseInt(minor) + 1;
                return new FieldHeader(name, family.code | number << 41, since);
            }
        }
        throw new IllegalArgumentException("header " + name + " is of no known class");
    }

    /// Whether the header goes on with an experimenter's id.
    ///
    /// @return true if so
    public boolean experimenter() {
        return code >>> 48 == 0xffff;
    }
}
