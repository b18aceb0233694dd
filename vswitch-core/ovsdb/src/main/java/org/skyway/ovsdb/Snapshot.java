package org.skyway.ovsdb;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// What a database held at one time. Never changes; any thread.
///
/// @param tables rows by table and UUID
public record Snapshot(Map<String, Map<UUID, Row>> tables) {
    /// Nothing.
    public static final Snapshot EMPTY = new Snapshot(Map.of());

    /// The rows of a table.
    ///
    /// @param table its name
    /// @return in no order
    public Collection<Row> rows(String table) {
        return tables.getOrDefault(table, Map.of()).values();
    }

    /// A row.
    ///
    /// @param table its table
    /// @param uuid which
    /// @return null if there is none
    public Row row(String table, UUID uuid) {
        return tables.getOrDefault(table, Map.of()).get(uuid);
    }

    /// The rows that another row refers to.
    ///
    /// @param from the row
    /// @param column of it
    /// @param table where they are
    /// @return those that there are
    public List<Row> referred(Row from, String column, String table) {
        List<Row> all = new ArrayList<>();
        for (UUID uuid : from.references(column)) {
            Row row = row(table, uuid);
            if (row != null) {
                all.add(row);
            }
        }
        return all;
    }
}
