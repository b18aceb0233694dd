package org.skyway.openflow.text;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.skyway.openflow.model.Field;
import org.skyway.openflow.model.FieldHeader;
import org.skyway.openflow.model.SubField;

/// The names that fields go by: those of `ovs-fields(7)` and their NXM and OXM names.
final class FieldLexicon {
    private static final Map<String, Field> PLAIN = new HashMap<>();
    private static final Map<String, Field> ALL = new HashMap<>();

    static {
        for (Field field : Field.values()) {
            field.names().forEach(name -> PLAIN.put(name, field));
            for (FieldHeader header : field.headers()) {
                ALL.put(header.name().toLowerCase(Locale.ROOT), field);
            }
        }
        ALL.putAll(PLAIN);
    }

    private FieldLexicon() {}

    /// The field with a name.
    ///
    /// @return the field; null if there is none
    static Field find(String name) {
        return ALL.get(name.toLowerCase(Locale.ROOT));
    }

    /// The field with a name that a match may use: one of Open vSwitch's own, and not of the wire.
    ///
    /// @return the field; null if there is none
    static Field findPlain(String name) {
        return PLAIN.get(name);
    }

    static Field get(String name) {
        Field field = find(name);
        if (field == null) {
            throw new FlowSyntaxException(
                    "there is no field \"%s\"; ovs-fields(7) lists them".formatted(name));
        }
        return field;
    }

    /// A part of a field: `name`, `name[]`, `name[bit]` or `name[first..last]`.
    static SubField part(String text) {
        int open = text.indexOf('[');
        if (open < 0) {
            return SubField.all(get(text));
        }
        if (!text.endsWith("]")) {
            throw new FlowSyntaxException("\"%s\" lacks its closing bracket".formatted(text));
        }
        String name = text.substring(0, open);
        Field field = get(name);
        String range = text.substring(open + 1, text.length() - 1);
        if (range.isEmpty()) {
            return SubField.all(field);
        }
        int dots = range.indexOf("..");
        int first = Numbers.parse("bit", dots < 0 ? range : range.substring(0, dots), 127);
        int last = dots < 0 ? first : Numbers.parse("bit", range.substring(dots + 2), 127);
        try {
            return new SubField(field, first, last - first + 1);
        } catch (IllegalArgumentException e) {
            throw new FlowSyntaxException(e.getMessage());
        }
    }

    /// A part of a field as [#part] reads it.
    static String print(SubField part) {
        String name = part.field() == Field.IN_PORT ? "in_port_oxm" : part.field().ovsName();
        if (part.offset() == 0 && part.bits() == part.field().width()) {
            return name + "[]";
        }
        return part.bits() == 1
                ? "%s[%d]".formatted(name, part.offset())
                : "%s[%d..%d]".formatted(name, part.offset(), part.offset() + part.bits() - 1);
    }
}
