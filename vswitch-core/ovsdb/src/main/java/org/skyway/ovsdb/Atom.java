package org.skyway.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.UUID;
import java.util.regex.Pattern;

/// Atoms on the wire (RFC 7047, section 5.1, `<atom>`).
final class Atom {
    private static final Pattern UUID_FORM =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final int BRIEF = 60;

    private Atom() {}

    static Object parse(JsonNode json, ColumnType.Kind kind) {
        switch (kind) {
            case INTEGER -> {
                if (json.isIntegralNumber() && json.canConvertToLong()) {
                    return json.longValue();
                }
            }
            case REAL -> {
                if (json.isNumber()) {
                    return json.doubleValue();
                }
            }
            case BOOLEAN -> {
                if (json.isBoolean()) {
                    return json.booleanValue();
                }
            }
            case STRING -> {
                if (json.isTextual()) {
                    return json.textValue();
                }
            }
            case UUID -> {
                if (json.isArray() && json.size() == 2 && json.get(0).asText().equals("uuid")) {
                    return uuid(json.get(1).asText());
                }
            }
        }
        throw new OvsdbException("%s was to be told, not \"%s\"".formatted(kind, brief(json)));
    }

    static UUID uuid(String text) {
        if (!UUID_FORM.matcher(text).matches()) {
            throw new OvsdbException("\"%.60s\" is no UUID".formatted(text));
        }
        return UUID.fromString(text);
    }

    static JsonNode json(Object atom) {
        JsonNodeFactory f = JsonNodeFactory.instance;
        return switch (atom) {
            case Long l -> f.numberNode(l);
            case Integer i -> f.numberNode(i);
            case Double d -> f.numberNode(d);
            case Boolean b -> f.booleanNode(b);
            case String s -> f.textNode(s);
            case UUID u -> f.arrayNode().add("uuid").add(u.toString());
            default -> throw new IllegalArgumentException(atom.getClass() + " is no atom");
        };
    }

    static String brief(JsonNode json) {
        String text = json.toString();
        return text.length() <= BRIEF ? text : text.substring(0, BRIEF) + "…";
    }
}
