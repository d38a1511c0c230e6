package dev.sluice.sync;

import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.lake.TextTable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The demo's lake after its server has let go of the file, as any DuckDB client may open it. */
final class DemoLake implements AutoCloseable {
    private final Connection duck;

    private DemoLake(Connection duck) {
        this.duck = duck;
    }

    static DemoLake open(Path file) throws SQLException {
        return new DemoLake(DriverManager.getConnection("jdbc:duckdb:" + file));
    }

    /** Makes the view of a table's current state, as the command {@code view} prints it. */
    void view(TablePlan plan) throws SQLException {
        try (Statement statement = duck.createStatement()) {
            statement.execute(ViewCommand.sql(plan, ViewCommand.silver(plan), Dialect.postgresql()));
        }
    }

    TextTable query(String sql) throws SQLException {
        try (Statement statement = duck.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            List<String> columns = new ArrayList<>();
            for (int i = 1; i <= found.getMetaData().getColumnCount(); i++) {
                columns.add(found.getMetaData().getColumnName(i));
            }
            List<List<@Nullable Object>> rows = new ArrayList<>();
            while (found.next()) {
                rows.add(row(found, columns.size()));
            }
            return TextTable.of(columns, rows);
        }
    }

    private static List<@Nullable Object> row(ResultSet found, int columns) throws SQLException {
        List<@Nullable Object> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
            row.add(found.getObject(i));
        }
        return row;
    }

    @Override
    public void close() throws SQLException {
        duck.close();
    }
}
