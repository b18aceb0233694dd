package org.skyway.ovsdb;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;

/// The tables of a database and what their columns hold, as its server tells (RFC 7047, section
/// 3.2).
///
/// @param database its name
/// @param version of the schema
/// @param tables the type of each column, by table and column
public record Schema(String database, String version, Map<String, Map<String, ColumnType>> tables) {
    /// Reads a schema.
    ///
    /// @param json `<database-schema>`
    /// @return what it says
    /// @throws OvsdbException if it says something else
    static Schema parse(JsonNode json) {
        if (!json.path("tables").isObject()) {
            throw new OvsdbException("the database's schema has no tables");
        }
        Map<String, Map<String, ColumnType>> tables = new HashMap<>();
        for (Map.Entry<String, JsonNode> table : json.get("tables").properties()) {
            Map<String, ColumnType> columns = new HashMap<>();
            for (Map.Entry<String, JsonNode> column :
                    table.getValue().path("columns").properties()) {
                columns.put(column.getKey(), ColumnType.parse(column.getValue().path("type")));
            }
            tables.put(table.getKey(), Map.copyOf(columns));
        }
        return new Schema(
                json.path("name").asText(), json.path("version").asText(), Map.copyOf(tables));
    }

    /// What a column holds.
    ///
    /// @param table its table
    /// @param column its name
    /// @return null if there is no such column
    public ColumnType type(String table, String column) {
        return tables.getOrDefault(table, Map.of()).get(column);
    }
}
