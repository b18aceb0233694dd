package org.skyway.ovsdb;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// A row of a table. Columns that its server does not have are empty.
///
/// @param uuid which row
/// @param columns what it holds
public record Row(UUID uuid, Map<String, Datum> columns) {
    /// Copies the columns.
    public Row {
        columns = Map.copyOf(columns);
    }

    /// What a column holds.
    ///
    /// @param column its name
    /// @return [Datum#NONE] if the server has no such column
    public Datum get(String column) {
        return columns.getOrDefault(column, Datum.NONE);
    }

    private Set<Object> atoms(String column) {
        return get(column) instanceof Datum.Atoms a ? a.atoms() : Set.of();
    }

    /// A string.
    ///
    /// @param column its name
    /// @return the string; empty if there is none
    public String text(String column) {
        for (Object atom : atoms(column)) {
            return atom.toString();
        }
        return "";
    }

    /// Strings.
    ///
    /// @param column its name
    /// @return in the order in which they came
    public List<String> texts(String column) {
        return atoms(column).stream().map(Object::toString).toList();
    }

    /// An integer.
    ///
    /// @param column its name
    /// @return the integer; null if there is none
    public Long integer(String column) {
        for (Object atom : atoms(column)) {
            return atom instanceof Long l ? l : null;
        }
        return null;
    }

    /// Whether a column holds true.
    ///
    /// @param column its name
    /// @return false if it holds false, or nothing
    public boolean isTrue(String column) {
        return atoms(column).contains(true);
    }

    /// References to rows.
    ///
    /// @param column its name
    /// @return in the order in which they came
    public List<UUID> references(String column) {
        return atoms(column).stream().filter(UUID.class::isInstance).map(UUID.class::cast).toList();
    }

    /// Pairs of strings.
    ///
    /// @param column its name
    /// @return by key
    public Map<String, String> pairs(String column) {
        Map<String, String> all = new LinkedHashMap<>();
        if (get(column) instanceof Datum.Pairs p) {
            p.pairs().forEach((key, value) -> all.put(key.toString(), value.toString()));
        }
        return all;
    }

    /// The same row with other values in some columns.
    ///
    /// @param changed those
    /// @return a copy
    public Row with(Map<String, Datum> changed) {
        Map<String, Datum> all = new HashMap<>(columns);
        all.putAll(changed);
        return new Row(uuid, all);
    }
}
