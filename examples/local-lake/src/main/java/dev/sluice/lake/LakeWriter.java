package dev.sluice.lake;

import dev.sluice.lake.TableColumns.Column;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Lands requests in the file, one at a time, each in one transaction.
 *
 * <pre>
 * known id? -> fit the columns -> delete replaced rows -> append -> note the id -> commit
 * </pre>
 */
final class LakeWriter implements AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final DuckDBConnection connection;
    private final Sql sql;
    private final String catalog;
    private final BatchLog batches;

    /** What became of a request. */
    record Written(long rows, long snapshotId, List<String> warnings) {}

    private LakeWriter(DuckDBConnection connection, String catalog) {
        this.connection = connection;
        this.sql = new Sql(connection);
        this.catalog = catalog;
        this.batches = new BatchLog(catalog);
    }

    static LakeWriter open(DuckFile file) {
        try {
            LakeWriter writer = new LakeWriter(file.connection(), file.catalog());
            writer.prepare();
            return writer;
        } catch (SQLException e) {
            throw new LakeException("cannot prepare the file for writing: " + SqlText.firstLine(e), e);
        }
    }

    private void prepare() throws SQLException {
        boolean prepared = false;
        try {
            connection.setAutoCommit(false);
            batches.create(sql);
            connection.commit();
            prepared = true;
        } finally {
            if (!prepared) {
                connection.close();
            }
        }
    }

    Written write(StreamRequest request, String requestId) {
        lock.lock();
        try {
            return inTransaction(request, requestId);
        } catch (SQLException e) {
            throw refusal(request, e);
        } finally {
            lock.unlock();
        }
    }

    private Written inTransaction(StreamRequest request, String requestId) throws SQLException {
        boolean committed = false;
        try {
            Written written = land(request, requestId);
            connection.commit();
            committed = true;
            return written;
        } finally {
            if (!committed) {
                connection.rollback();
            }
        }
    }

    private Written land(StreamRequest request, String requestId) throws SQLException {
        String batchId = request.batchId();
        Optional<BatchLog.Landed> before = batchId == null
                ? Optional.empty()
                : batches.find(sql, batchId, request.config().table());
        if (before.isPresent()) {
            return repeated(before.get(), request);
        }
        List<String> warnings = new ArrayList<>();
        writeRows(request, warnings);
        BatchLog.Landed landed =
                new BatchLog.Landed(request.rows().size(), request.sha256(), batches.nextSnapshot(sql));
        if (batchId != null) {
            batches.add(sql, batchId, request.config().table(), landed, requestId);
        }
        return new Written(landed.rows(), landed.snapshotId(), warnings);
    }

    private static Written repeated(BatchLog.Landed before, StreamRequest request) {
        if (!before.sha256().equals(request.sha256())) {
            throw new Refusal(
                    409,
                    "this batch ID was already written to " + request.config().table()
                            + " with other data; give other data another ID");
        }
        return new Written(
                before.rows(), before.snapshotId(), List.of("batch ID was already written; nothing written again"));
    }

    private void writeRows(StreamRequest request, List<String> warnings) throws SQLException {
        TableName table = request.config().table();
        String key = request.config().key();
        requireUnambiguous(table);
        if (key != null) {
            MergeKeys.requirePresent(request.rows(), key);
        }
        TableColumns columns = TableColumns.read(sql, catalog, table);
        boolean isNew = columns.size() == 0;
        new SchemaFitter(table, columns, request.rows(), warnings).fit();
        if (key != null) {
            MergeKeys keys = MergeKeys.of(request.rows(), key, keyType(columns, key));
            if (!isNew) {
                keys.delete(connection, columns.quotedTable());
            }
        }
        append(request.rows(), table, columns);
    }

    /** Where catalog and schema have one name, DuckDB refuses every query for schema.table as ambiguous. */
    private void requireUnambiguous(TableName table) {
        if (TableName.fold(table.schema()).equals(TableName.fold(catalog))) {
            throw new Refusal(
                    400,
                    "the schema " + table.schema() + " has the name of the lake's file, and DuckDB could not tell them"
                            + " apart in queries: choose another file name or schema");
        }
    }

    private static ColumnType keyType(TableColumns columns, String key) {
        return columns.find(key)
                .map(Column::type)
                .orElseThrow(() -> new IllegalStateException("the key column was not created"));
    }

    private void append(Rows rows, TableName table, TableColumns columns) throws SQLException {
        List<Column> order = new ArrayList<>();
        columns.inOrder().forEach(order::add);
        int[] sources =
                order.stream().mapToInt(column -> rows.indexOf(column.name())).toArray();
        try (DuckDBAppender appender = connection.createAppender(catalog, table.schema(), table.table())) {
            for (int row = 0; row < rows.size(); row++) {
                appender.beginRow();
                for (int i = 0; i < sources.length; i++) {
                    append(appender, order.get(i).type(), rows.value(row, sources[i]));
                }
                appender.endRow();
            }
            // Closing would flush as well, but swallow what fails.
            appender.flush();
        }
    }

    private static void append(DuckDBAppender appender, @Nullable ColumnType type, @Nullable Object value)
            throws SQLException {
        if (value == null || type == null) {
            appender.appendNull();
        } else {
            type.append(appender, value);
        }
    }

    private static RuntimeException refusal(StreamRequest request, SQLException e) {
        String message = "DuckDB refused the rows with a " + SqlText.kind(e) + "; nothing was written";
        return SqlText.isConstraint(e)
                ? Refusal.ofRows(request.rows().size(), message + ": see the table's own constraints")
                : new Refusal(500, message);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            connection.close();
        } catch (SQLException e) {
            throw new LakeException("closing the writer failed: " + SqlText.firstLine(e), e);
        } finally {
            lock.unlock();
        }
    }
}
