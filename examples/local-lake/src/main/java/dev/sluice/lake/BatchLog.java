package dev.sluice.lake;

import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/**
 * Remembers which batch ids have landed, in the lake's own file and in the transaction of their rows.
 *
 * <p>Without that one transaction a crash could keep the rows and forget the id, and a retry would write them twice.
 */
final class BatchLog {
    private final String schema;

    /** A batch that landed before. */
    record Landed(long rows, String sha256, long snapshotId) {}

    BatchLog(String catalog) {
        this.schema = TableName.quote(catalog) + "._sluice";
    }

    void create(Sql sql) throws SQLException {
        sql.run("CREATE SCHEMA IF NOT EXISTS " + schema);
        sql.run("CREATE SEQUENCE IF NOT EXISTS " + schema + ".snapshots");
        sql.run("CREATE TABLE IF NOT EXISTS " + schema + ".batches (batch_id VARCHAR, table_name VARCHAR,"
                + " \"rows\" BIGINT, request_id VARCHAR, received_at TIMESTAMPTZ, sha256 VARCHAR, snapshot_id BIGINT,"
                + " PRIMARY KEY (batch_id, table_name))");
    }

    Optional<Landed> find(Sql sql, String batchId, TableName table) throws SQLException {
        List<Landed> found = sql.list(
                "SELECT \"rows\", sha256, snapshot_id FROM " + schema
                        + ".batches WHERE batch_id = ? AND table_name = ?",
                row -> new Landed(row.getLong(1), row.getString(2), row.getLong(3)),
                batchId,
                table.folded());
        return found.stream().findFirst();
    }

    long nextSnapshot(Sql sql) throws SQLException {
        return sql.list("SELECT nextval(?)", row -> row.getLong(1), schema + ".snapshots")
                .get(0);
    }

    void add(Sql sql, String batchId, TableName table, Landed landed, String requestId) throws SQLException {
        sql.run(
                "INSERT INTO " + schema + ".batches VALUES (?, ?, ?, ?, ?, ?, ?)",
                batchId,
                table.folded(),
                landed.rows(),
                requestId,
                OffsetDateTime.now(ZoneOffset.UTC),
                landed.sha256(),
                landed.snapshotId());
    }
}
