package org.skyway.ovsdb;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/// Changes that are made together or not at all (RFC 7047, section 5.2). Rows that are gone when it
/// is done are passed over. One thread.
public final class Transaction {
    private final Map<String, Map<UUID, Map<String, Datum>>> updates = new LinkedHashMap<>();

    /// No changes.
    public Transaction() {}

    /// Has a column hold something.
    ///
    /// @param table the row's
    /// @param row which
    /// @param column which
    /// @param value what it is to hold
    public void set(String table, UUID row, String column, Datum value) {
        updates.computeIfAbsent(table, _ -> new LinkedHashMap<>())
                .computeIfAbsent(row, _ -> new LinkedHashMap<>())
                .put(column, value);
    }

    /// Has a column hold something that it does not hold yet.
    ///
    /// @param table the row's
    /// @param row as it is known; a column that it has not is not written
    /// @param column which
    /// @param value what it is to hold
    public void change(String table, Row row, String column, Datum value) {
        Datum old = row.columns().get(column);
        if (old != null && !old.equals(value)) {
            set(table, row.uuid(), column, value);
        }
    }

    /// Whether there is nothing to change.
    ///
    /// @return true if so
    public boolean isEmpty() {
        return updates.isEmpty();
    }

    /// What it would have rows hold.
    ///
    /// @return columns by table and row
    public Map<String, Map<UUID, Map<String, Datum>>> updates() {
        return updates;
    }

    /// As parameters of `transact`.
    ///
    /// @param database which
    /// @param lock that must be held; null for none
    /// @return the parameters
    ArrayNode parameters(String database, String lock) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode().add(database);
        updates.forEach((table, rows) ->
                rows.forEach((uuid, columns) -> {
                    ObjectNode update = all.addObject().put("op", "update").put("table", table);
                    update.putArray("where").addArray().add("_uuid").add("==").add(Atom.json(uuid));
                    ObjectNode row = update.putObject("row");
                    columns.forEach((name, value) -> row.set(name, value.json()));
                }));
        if (lock != null) {
            all.addObject().put("op", "assert").put("lock", lock);
        }
        return all;
    }
}
