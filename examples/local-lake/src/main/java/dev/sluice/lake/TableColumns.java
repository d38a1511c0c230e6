package dev.sluice.lake;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The columns of one table as DuckDB has them at this moment, in their order. */
final class TableColumns {
    private final Sql sql;
    private final String catalog;
    private final TableName table;
    private final Map<String, Column> byFoldedName = new LinkedHashMap<>();

    /** One column; its type is null when it is none of those this server writes. */
    record Column(String name, String duckDbType, @Nullable ColumnType type) {
        static Column of(String name, ColumnType type) {
            return new Column(name, type.name(), type);
        }

        private String definition() {
            return TableName.quote(name) + " " + duckDbType;
        }
    }

    private TableColumns(Sql sql, String catalog, TableName table) {
        this.sql = sql;
        this.catalog = catalog;
        this.table = table;
    }

    static TableColumns read(Sql sql, String catalog, TableName table) throws SQLException {
        TableColumns columns = new TableColumns(sql, catalog, table);
        String found = "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = ?"
                + " AND lower(schema_name) = lower(?) AND lower(table_name) = lower(?) ORDER BY column_index";
        sql.list(
                        found,
                        row -> new Column(
                                row.getString(1),
                                row.getString(2),
                                ColumnType.named(row.getString(2)).orElse(null)),
                        catalog,
                        table.schema(),
                        table.table())
                .forEach(columns::put);
        return columns;
    }

    private void put(Column column) {
        byFoldedName.put(TableName.fold(column.name()), column);
    }

    String quotedTable() {
        return TableName.quote(catalog) + "." + TableName.quote(table.schema()) + "." + TableName.quote(table.table());
    }

    Iterable<Column> inOrder() {
        return byFoldedName.values();
    }

    Optional<Column> find(String name) {
        return Optional.ofNullable(byFoldedName.get(TableName.fold(name)));
    }

    int size() {
        return byFoldedName.size();
    }

    /** Adds columns, with the table and the schema where they are missing. */
    void add(List<Column> columns) throws SQLException {
        if (byFoldedName.isEmpty()) {
            sql.run("CREATE SCHEMA IF NOT EXISTS " + TableName.quote(catalog) + "." + TableName.quote(table.schema()));
            sql.run("CREATE TABLE " + quotedTable() + " ("
                    + columns.stream().map(Column::definition).collect(Collectors.joining(", ")) + ")");
        } else {
            for (Column column : columns) {
                sql.run("ALTER TABLE " + quotedTable() + " ADD COLUMN " + column.definition());
            }
        }
        columns.forEach(this::put);
    }

    void retype(String name, ColumnType type) throws SQLException {
        String quoted = TableName.quote(name);
        sql.run("ALTER TABLE " + quotedTable() + " ALTER COLUMN " + quoted + " TYPE " + type.name() + " USING CAST("
                + quoted + " AS " + type.name() + ")");
        put(Column.of(name, type));
    }

    boolean hasValues(String name) throws SQLException {
        return holds(TableName.quote(name) + " IS NOT NULL");
    }

    boolean hasIntegersBeyondDouble(String name) throws SQLException {
        return holds(
                TableName.quote(name) + " NOT BETWEEN " + -Values.EXACT_IN_DOUBLE + " AND " + Values.EXACT_IN_DOUBLE);
    }

    private boolean holds(String condition) throws SQLException {
        return sql.any("SELECT 1 FROM " + quotedTable() + " WHERE " + condition + " LIMIT 1");
    }
}
