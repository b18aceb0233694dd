package org.skyway.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;

/// What a column holds: atoms of a kind, or pairs of two kinds (RFC 7047, section 3.2, `<type>`).
/// Constraints on values are the server's business.
///
/// @param key the kind of atoms, or of keys
/// @param value the kind of values; null for a column that is no map
public record ColumnType(Kind key, Kind value) {
    /// Kinds of atoms, and what they are in Java.
    public enum Kind {
        /// [Long].
        INTEGER,
        /// [Double].
        REAL,
        /// [Boolean].
        BOOLEAN,
        /// [String].
        STRING,
        /// [java.util.UUID].
        UUID
    }

    /// Reads a type.
    ///
    /// @param type `<type>`
    /// @return what it says
    /// @throws OvsdbException if it says something else
    static ColumnType parse(JsonNode type) {
        if (type.isTextual()) {
            return new ColumnType(kind(type), null);
        }
        JsonNode value = type.path("value");
        return new ColumnType(base(type.path("key")), value.isMissingNode() ? null : base(value));
    }

    private static Kind base(JsonNode base) {
        return kind(base.isObject() ? base.path("type") : base);
    }

    private static Kind kind(JsonNode name) {
        return switch (name.asText()) {
            case "integer" -> Kind.INTEGER;
            case "real" -> Kind.REAL;
            case "boolean" -> Kind.BOOLEAN;
            case "string" -> Kind.STRING;
            case "uuid" -> Kind.UUID;
            default -> throw new OvsdbException("the schema has a type \"%s\"".formatted(name));
        };
    }

    /// Whether it is a map.
    ///
    /// @return true if it has pairs
    public boolean isMap() {
        return value != null;
    }
}
