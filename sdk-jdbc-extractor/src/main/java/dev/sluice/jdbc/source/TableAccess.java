package dev.sluice.jdbc.source;

import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.Losses;
import dev.sluice.jdbc.dialect.Query;
import dev.sluice.jdbc.dialect.Rows;
import dev.sluice.jdbc.dialect.TypePolicy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;

/** Runs the queries of one table, each piece of work in a short transaction of its own. */
final class TableAccess {
    private final DataSource database;
    private final Dialect dialect;
    private final TableLayout layout;
    private final TypePolicy types;
    private final Losses losses = new Losses();

    TableAccess(DataSource database, Dialect dialect, TableLayout layout, TypePolicy types) {
        this.database = database;
        this.dialect = dialect;
        this.layout = layout;
        this.types = types;
    }

    Losses losses() {
        return losses;
    }

    /** @param doing what it does, to be followed by the table's name */
    <T> T work(String doing, Transaction.Work<T> work) {
        return Transaction.run(database, dialect, doing + " " + layout.table().name(), work);
    }

    /** The result of a query of {@link TableLayout#selected()} expressions. */
    Rows rows(Connection connection, Query query) throws SQLException {
        return rows(connection, query, layout.sent());
    }

    /** The result of a query that begins with the values of some columns. */
    Rows rows(Connection connection, Query query, List<Column> columns) throws SQLException {
        return dialect.rows(connection, query, columns, types, losses);
    }

    /** The number that a query of one number gives. */
    int count(String doing, Query query) {
        return work(doing, connection -> count(connection, query));
    }

    int count(Connection connection, Query query) throws SQLException {
        return Integer.parseInt(texts(connection, query, 1).get(0));
    }

    /** The first row of a query of numbers, of which NULL is 0. */
    List<String> texts(Connection connection, Query query, int columns) throws SQLException {
        try (Rows rows = dialect.rows(connection, query, List.<Column>of(), types, losses)) {
            boolean ignored = rows.next();
            String[] texts = new String[columns];
            for (int i = 0; i < columns; i++) {
                texts[i] = Objects.requireNonNullElse(rows.text(i), "0");
            }
            return List.of(texts);
        }
    }
}
