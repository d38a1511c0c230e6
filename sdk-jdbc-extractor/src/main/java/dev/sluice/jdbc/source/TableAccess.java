package dev.sluice.jdbc.source;

import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.Losses;
import dev.sluice.jdbc.dialect.Query;
import dev.sluice.jdbc.dialect.Rows;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.dialect.TypePolicy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Runs the queries of one table, each piece of work in a short transaction of its own. */
final class TableAccess {
    private final Transactions transactions;
    private final Dialect dialect;
    private final TableLayout layout;
    private final TypePolicy types;
    private final SchemaWatch watch;
    private final Losses losses = new Losses();

    TableAccess(Transactions transactions, TablePlan plan, TableLayout layout, TypePolicy types) {
        this.transactions = transactions;
        this.dialect = transactions.dialect();
        this.layout = layout;
        this.types = types;
        this.watch = new SchemaWatch(dialect, plan, layout);
    }

    Losses losses() {
        return losses;
    }

    /** @param doing what it does, to be followed by the table's name */
    <T> T work(String doing, Transaction.Work<T> work) {
        return transactions.run(doing + " " + layout.table().name(), work);
    }

    /**
     * As {@link #work}, for work that makes JSON of rows.
     *
     * @throws SchemaChangedException if what was read, or failed to be read, has changed in the database
     */
    <T> T reading(String doing, Transaction.Work<T> work) {
        try {
            return work(doing, connection -> {
                T result = work.on(connection);
                watch.check(connection);
                return result;
            });
        } catch (SchemaChangedException e) {
            throw e;
        } catch (RuntimeException e) {
            explain(e);
            throw e;
        }
    }

    /** A column that is gone or has another type fails in many ways: only a look at the columns tells. */
    private void explain(RuntimeException failed) {
        if (failed.getCause() instanceof SQLException problem && dialect.isTransient(problem)) {
            return;
        }
        try {
            boolean ignored = work("looking at the columns of", connection -> {
                watch.check(connection);
                return true;
            });
        } catch (SourceException e) {
            failed.addSuppressed(e);
        }
    }

    /** The result of a query of {@link TableLayout#selected()} expressions. */
    Rows rows(Connection connection, Query query) throws SQLException {
        return rows(connection, query, layout.selectedColumns());
    }

    /** The result of a query whose expressions are the values or texts of some columns, and then other texts. */
    Rows rows(Connection connection, Query query, List<Column> columns) throws SQLException {
        return dialect.rows(connection, query, columns, types, losses);
    }

    /** The result of a query whose columns are texts and numbers. */
    Rows plain(Connection connection, Query query) throws SQLException {
        return dialect.rows(connection, query, List.<Column>of(), types, losses);
    }

    /** The number that a query of one number gives. */
    int count(String doing, Query query) {
        return work(doing, connection -> count(connection, query));
    }

    int count(Connection connection, Query query) throws SQLException {
        return Integer.parseInt(texts(connection, query, 1).get(0));
    }

    /** The first row of a query of texts that are never NULL; empty if there is no row. */
    Optional<List<String>> row(String doing, Query query, int columns) {
        return work(doing, connection -> {
            try (Rows rows = plain(connection, query)) {
                return rows.next() ? Optional.of(row(rows, columns)) : Optional.empty();
            }
        });
    }

    private static List<String> row(Rows rows, int columns) throws SQLException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < columns; i++) {
            texts.add(Objects.requireNonNull(rows.text(i), "a text that is never NULL"));
        }
        return texts;
    }

    /** The first row of a query of numbers, of which NULL is 0. */
    List<String> texts(Connection connection, Query query, int columns) throws SQLException {
        try (Rows rows = plain(connection, query)) {
            boolean ignored = rows.next();
            String[] texts = new String[columns];
            for (int i = 0; i < columns; i++) {
                texts[i] = Objects.requireNonNullElse(rows.text(i), "0");
            }
            return List.of(texts);
        }
    }
}
