package org.skyway.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// What a monitor has told so far (RFC 7047, sections 4.1.5 and 4.1.6). One thread.
final class Replica {
    private final Schema schema;
    private Snapshot now = Snapshot.EMPTY;

    /// @param schema what columns hold
    Replica(Schema schema) {
        this.schema = schema;
    }

    Snapshot snapshot() {
        return now;
    }

    /// Takes an update over.
    ///
    /// @param updates `<table-updates>`
    /// @return the columns that changed, by table; all that were told for rows that came or went
    /// @throws OvsdbException if it can't be; nothing is changed
    Map<String, Set<String>> apply(JsonNode updates) {
        if (!updates.isObject()) {
            throw new OvsdbException("an update is no object");
        }
        Map<String, Map<UUID, Row>> tables = new HashMap<>(now.tables());
        Map<String, Set<String>> changed = new HashMap<>();
        for (Map.Entry<String, JsonNode> table : updates.properties()) {
            Map<UUID, Row> rows = new HashMap<>(tables.getOrDefault(table.getKey(), Map.of()));
            Set<String> columns = changed.computeIfAbsent(table.getKey(), _ -> new HashSet<>());
            for (Map.Entry<String, JsonNode> row : table.getValue().properties()) {
                apply(table.getKey(), Atom.uuid(row.getKey()), row.getValue(), rows, columns);
            }
            tables.put(table.getKey(), Map.copyOf(rows));
        }
        now = new Snapshot(Map.copyOf(tables));
        return changed;
    }

    private void apply(
            String table, UUID uuid, JsonNode update, Map<UUID, Row> rows, Set<String> changed) {
        JsonNode told = update.path("new");
        Row old = rows.get(uuid);
        if (told.isMissingNode() || told.isNull()) {
            rows.remove(uuid);
            if (old != null) {
                changed.addAll(old.columns().keySet());
            }
            return;
        }
        Map<String, Datum> columns = new HashMap<>();
        for (Map.Entry<String, JsonNode> column : told.properties()) {
            ColumnType type = schema.type(table, column.getKey());
            if (type == null) {
                throw new OvsdbException(
                        "the server tells of column %.60s of table %.60s, which its schema has not"
                                .formatted(column.getKey(), table));
            }
            Datum value = Datum.parse(column.getValue(), type);
            if (old == null || !value.equals(old.columns().get(column.getKey()))) {
                columns.put(column.getKey(), value);
            }
        }
        changed.addAll(columns.keySet());
        rows.put(uuid, old == null ? new Row(uuid, columns) : old.with(columns));
    }
}
