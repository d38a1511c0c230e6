package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A table's structure as every JDBC driver tells it, and its triggers as SQL's information schema does. */
final class JdbcStructure {
    private static final String TRIGGERS =
            "SELECT 1 FROM information_schema.triggers" + " WHERE event_object_schema = ? AND event_object_table = ?";

    private final Connection connection;
    private final DatabaseMetaData metadata;
    private final String schema;
    private final String table;
    private final @Nullable String catalogPart;
    private final @Nullable String schemaPart;

    private JdbcStructure(Connection connection, Table table) throws SQLException {
        this.connection = connection;
        this.metadata = connection.getMetaData();
        List<String> names = names(table.sql());
        this.schema = names.size() == 1 ? "" : names.get(0);
        this.table = names.get(names.size() - 1);
        // To MySQL's drivers a schema is a catalogue.
        boolean hasSchemas = metadata.supportsSchemasInTableDefinitions();
        this.catalogPart = hasSchemas ? null : schema;
        this.schemaPart = hasSchemas ? schema : null;
    }

    static Structure of(Connection connection, Table table) throws SQLException {
        JdbcStructure structure = new JdbcStructure(connection, table);
        return new Structure(
                structure.isView(), structure.indexes(), structure.hasTriggers(), structure.stamped(), Map.of());
    }

    /** The schema and the table out of a full name in quotes, of whatever kind. */
    static List<String> names(String sql) {
        char quote = sql.charAt(0);
        List<String> names = new ArrayList<>();
        StringBuilder name = new StringBuilder();
        for (int at = 1; at < sql.length(); at++) {
            if (sql.charAt(at) != quote) {
                name.append(sql.charAt(at));
            } else if (at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
                name.append(quote);
                at++;
            } else {
                names.add(name.toString());
                name.setLength(0);
                at += 2; // the dot, and the quote behind it
            }
        }
        return names;
    }

    private boolean isView() throws SQLException {
        try (ResultSet rows = metadata.getTables(catalogPart, pattern(schemaPart), pattern(table), null)) {
            return rows.next() && rows.getString("TABLE_TYPE").contains("VIEW");
        }
    }

    private List<Index> indexes() throws SQLException {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        Set<String> unique = new HashSet<>();
        try (ResultSet rows = metadata.getIndexInfo(catalogPart, schemaPart, table, false, true)) {
            while (rows.next()) {
                String index = rows.getString("INDEX_NAME");
                boolean isPartial = rows.getString("FILTER_CONDITION") != null;
                if (index != null && !isPartial) {
                    String column = rows.getString("COLUMN_NAME");
                    columns.computeIfAbsent(index, name -> new ArrayList<>()).add(column == null ? "" : column);
                    if (!rows.getBoolean("NON_UNIQUE")) {
                        unique.add(index);
                    }
                }
            }
        }
        List<Index> indexes = new ArrayList<>();
        columns.forEach((name, ordered) -> indexes.add(new Index(unique.contains(name), ordered)));
        primaryKey(indexes);
        return indexes;
    }

    private void primaryKey(List<Index> indexes) throws SQLException {
        Map<Short, String> columns = new TreeMap<>();
        try (ResultSet rows = metadata.getPrimaryKeys(catalogPart, schemaPart, table)) {
            while (rows.next()) {
                columns.put(rows.getShort("KEY_SEQ"), rows.getString("COLUMN_NAME"));
            }
        }
        if (!columns.isEmpty()) {
            indexes.add(new Index(true, List.copyOf(columns.values())));
        }
    }

    private boolean hasTriggers() throws SQLException {
        if (schemaPart != null && !knowsTriggers()) {
            return false;
        }
        try (PreparedStatement statement = connection.prepareStatement(TRIGGERS)) {
            statement.setString(1, schema);
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    /** Not every database has that view, and a question that fails ends a transaction. */
    private boolean knowsTriggers() throws SQLException {
        for (String view : List.of("triggers", "TRIGGERS")) {
            try (ResultSet rows = metadata.getTables(null, null, view, null)) {
                while (rows.next()) {
                    if ("information_schema".equalsIgnoreCase(rows.getString("TABLE_SCHEM"))) {
                        return true;
                    }
                }
            }
        }
        return false;
    }

    private Set<String> stamped() throws SQLException {
        Set<String> stamped = new HashSet<>();
        try (ResultSet rows = metadata.getColumns(catalogPart, pattern(schemaPart), pattern(table), null)) {
            while (rows.next()) {
                String value = rows.getString("COLUMN_DEF");
                if (value != null && !value.equals("NULL")) {
                    stamped.add(rows.getString("COLUMN_NAME"));
                }
            }
        }
        return stamped;
    }

    private @Nullable String pattern(@Nullable String name) throws SQLException {
        return pattern(metadata, name);
    }

    /** A pattern that fits this name alone; null for any. */
    static @Nullable String pattern(DatabaseMetaData metadata, @Nullable String name) throws SQLException {
        String escape = metadata.getSearchStringEscape();
        return name == null
                ? null
                : name.replace(escape, escape + escape)
                        .replace("_", escape + "_")
                        .replace("%", escape + "%");
    }
}
