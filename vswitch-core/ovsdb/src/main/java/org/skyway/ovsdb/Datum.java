package org.skyway.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// What a column of a row holds (RFC 7047, section 5.1, `<value>`): a set of atoms, in which a
/// single or optional value is one too, or a map. Atoms are [Long], [Double], [Boolean], [String]
/// and [java.util.UUID]. Two are equal if they hold the same, in whatever order.
public sealed interface Datum {
    /// Nothing, for a column that is no map.
    Datum NONE = new Atoms(Set.of());

    /// Atoms, each once.
    ///
    /// @param atoms in the order in which they came
    record Atoms(Set<Object> atoms) implements Datum {}

    /// Pairs.
    ///
    /// @param pairs by key
    record Pairs(Map<Object, Object> pairs) implements Datum {}

    /// A single value.
    ///
    /// @param atom the value
    /// @return a set of it
    static Datum of(Object atom) {
        return new Atoms(Set.of(atom));
    }

    /// A value that may be missing.
    ///
    /// @param atom the value; null for none
    /// @return a set of it, or of nothing
    static Datum optional(Object atom) {
        return atom == null ? NONE : of(atom);
    }

    /// Several values.
    ///
    /// @param atoms the values
    /// @return a set of them
    static Datum of(Collection<?> atoms) {
        return new Atoms(new LinkedHashSet<>(atoms));
    }

    /// Pairs.
    ///
    /// @param pairs by key
    /// @return a map of them
    static Datum of(Map<?, ?> pairs) {
        return new Pairs(new LinkedHashMap<>(pairs));
    }

    /// Reads what a server says that a column holds.
    ///
    /// @param json `<value>`
    /// @param type what it must be
    /// @return what it is
    /// @throws OvsdbException if it is something else
    static Datum parse(JsonNode json, ColumnType type) {
        if (type.isMap()) {
            Map<Object, Object> pairs = new LinkedHashMap<>();
            for (JsonNode pair : items(json, "map")) {
                if (!pair.isArray() || pair.size() != 2) {
                    throw new OvsdbException("a map has \"%s\" for a pair".formatted(brief(pair)));
                }
                pairs.put(
                        Atom.parse(pair.get(0), type.key()), Atom.parse(pair.get(1), type.value()));
            }
            return new Pairs(pairs);
        }
        if (!isTagged(json, "set")) {
            return of(Atom.parse(json, type.key()));
        }
        Set<Object> atoms = new LinkedHashSet<>();
        items(json, "set").forEach(a -> atoms.add(Atom.parse(a, type.key())));
        return new Atoms(atoms);
    }

    private static boolean isTagged(JsonNode json, String tag) {
        return json.isArray() && json.size() == 2 && tag.equals(json.get(0).asText());
    }

    private static JsonNode items(JsonNode json, String tag) {
        if (!isTagged(json, tag) || !json.get(1).isArray()) {
            throw new OvsdbException("a %s was to be told, not \"%s\"".formatted(tag, brief(json)));
        }
        return json.get(1);
    }

    /// What somebody sent, in a few characters.
    private static String brief(JsonNode json) {
        return Atom.brief(json);
    }

    /// As it is told a server.
    ///
    /// @return `<value>`
    default JsonNode json() {
        ArrayNode tagged = JsonNodeFactory.instance.arrayNode();
        switch (this) {
            case Atoms a -> {
                if (a.atoms.size() == 1) {
                    return Atom.json(a.atoms.iterator().next());
                }
                ArrayNode all = tagged.add("set").addArray();
                a.atoms.forEach(atom -> all.add(Atom.json(atom)));
            }
            case Pairs p -> {
                ArrayNode all = tagged.add("map").addArray();
                p.pairs.forEach(
                        (key, value) -> all.addArray().add(Atom.json(key)).add(Atom.json(value)));
            }
        }
        return tagged;
    }
}
