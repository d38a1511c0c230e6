package dev.sluice.spool;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetterStore;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A spool in a SQLite file; {@link SqliteSchema} shows how. */
final class SqliteSpool implements Spool {
    /** For tests too. */
    final SqliteFile file;

    private final SqliteLetters letters;
    private final long maxBytes;
    private final Clock clock;

    /** Guarded by the file. */
    private long leases;

    private SqliteSpool(SqliteFile file, long maxBytes, Clock clock) {
        this.file = file;
        this.maxBytes = maxBytes;
        this.clock = clock;
        this.letters = new SqliteLetters(file);
    }

    static SqliteSpool open(Path path, long maxBytes, Clock clock) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes of a spool must be at least 1, found " + maxBytes);
        }
        SqliteFile file = SqliteFile.open(path, SqliteSchema.FORMAT);
        try {
            SqliteSpool spool = new SqliteSpool(file, maxBytes, clock);
            file.change("be opened", false, spool::begin);
            return spool;
        } catch (RuntimeException e) {
            throw SqliteFile.closeAfter(e, file);
        }
    }

    @Override
    public List<BatchId> put(List<Batch> batches, boolean remembered) {
        return file.change("take in " + batches.size() + " batches", true, database -> {
            long before = SqliteTotals.bytes(database);
            List<BatchId> added = new ArrayList<>();
            long more = 0;
            for (Batch batch : batches) {
                // One after the other, for each is a copy of the batch's rows.
                if (insert(database, Stored.of(batch), remembered)) {
                    added.add(batch.id());
                    more += batch.bytes();
                }
            }
            checkRoom(before, before + more);
            return added;
        });
    }

    @Override
    public boolean knows(BatchId batch) {
        return file.read("look for batch " + batch, database -> knows(database, batch.value()));
    }

    @Override
    public void forget(BatchId batch) {
        file.change("forget batch " + batch, false, database -> {
            Sql.update(database, "DELETE FROM tombstone WHERE id = ?", batch.value());
            return Sql.update(database, "UPDATE batch SET remembered = 0 WHERE id = ?", batch.value());
        });
    }

    @Override
    public List<Backlog> backlog() {
        String sql = "SELECT destination, count(*) AS batches, sum(rows) - coalesce(sum("
                + "(SELECT sum(ended.rows) FROM ended WHERE ended.seq = batch.seq)), 0) AS rows"
                + " FROM batch GROUP BY destination ORDER BY destination";
        return file.read(
                "count what waits",
                database -> Sql.query(
                        database,
                        row -> new Backlog(row.getString("destination"), row.getInt("batches"), row.getLong("rows")),
                        sql));
    }

    @Override
    public Optional<Size> next(String table) {
        String sql = "SELECT rows, bytes FROM batch WHERE destination = ? AND lease = 0 ORDER BY seq LIMIT 1";
        return file.read(
                "look for the next batch",
                database -> Sql.first(database, row -> new Size(row.getInt("rows"), row.getLong("bytes")), sql, table));
    }

    @Override
    public Optional<Claim> claim(String table, Map<BatchId, Batch> known) {
        String sql = "SELECT seq, id, doubt_first, doubt_rows FROM batch"
                + " WHERE destination = ? AND lease = 0 ORDER BY seq LIMIT 1";
        return file.change("lease the next batch", false, database -> {
            Optional<Claim> claim = Sql.first(database, row -> claim(database, row, known), sql, table);
            if (claim.isPresent()) {
                Lease lease = claim.get().lease();
                Sql.update(
                        database,
                        "UPDATE batch SET lease = ?, renewed = ? WHERE id = ?",
                        lease.number(),
                        clock.millis(),
                        lease.batch().value());
            }
            return claim;
        });
    }

    @Override
    public void renew(Collection<Lease> owned) {
        if (owned.isEmpty()) {
            return;
        }
        file.change("renew leases", false, database -> {
            int renewed = 0;
            for (Lease lease : owned) {
                renewed += Sql.update(
                        database,
                        "UPDATE batch SET renewed = ? WHERE id = ? AND lease = ?",
                        clock.millis(),
                        lease.batch().value(),
                        lease.number());
            }
            return renewed;
        });
    }

    @Override
    public List<Lease> reclaim() {
        long limit = clock.millis() - LEASE.toMillis();
        return file.change("take leases back", false, database -> {
            List<Lease> taken = Sql.query(
                    database,
                    row -> new Lease(new BatchId(row.getString("id")), row.getLong("lease")),
                    "SELECT id, lease FROM batch WHERE lease <> 0 AND renewed <= ? ORDER BY seq",
                    limit);
            Sql.update(database, "UPDATE batch SET lease = 0 WHERE lease <> 0 AND renewed <= ?", limit);
            return taken;
        });
    }

    @Override
    public boolean attempting(Lease lease, @Nullable Span piece) {
        return file.change(
                "note an attempt at batch " + lease.batch(),
                false,
                database -> Sql.update(
                                database,
                                "UPDATE batch SET renewed = ?, doubt_first = ?, doubt_rows = ? WHERE id = ? AND lease = ?",
                                clock.millis(),
                                piece == null ? null : piece.firstRow(),
                                piece == null ? null : piece.rows(),
                                lease.batch().value(),
                                lease.number())
                        > 0);
    }

    @Override
    public boolean end(Lease lease, Span piece, @Nullable DeadLetter letter) {
        Stored dead = letter == null ? null : Stored.of(letter.batch());
        return file.change("note the end of batch " + lease.batch(), letter != null, database -> {
            Optional<Ending> found = Sql.first(
                    database,
                    Ending::of,
                    "SELECT seq, rows, remembered FROM batch WHERE id = ? AND lease = ?",
                    lease.batch().value(),
                    lease.number());
            if (found.isPresent()) {
                end(database, lease, found.get(), piece);
            }
            if (found.isPresent() && letter != null && dead != null) {
                letters.insert(database, letter, dead);
            }
            return found.isPresent();
        });
    }

    @Override
    public void release(Lease lease) {
        file.change(
                "give batch " + lease.batch() + " back",
                false,
                database -> Sql.update(
                        database,
                        "UPDATE batch SET lease = 0 WHERE id = ? AND lease = ?",
                        lease.batch().value(),
                        lease.number()));
    }

    @Override
    public DeadLetterStore deadLetters() {
        return letters;
    }

    @Override
    public void close() {
        file.close();
    }

    /** What is known of a batch whose piece has ended. */
    private record Ending(long seq, int rows, boolean remembered) {
        static Ending of(ResultSet row) throws SQLException {
            return new Ending(row.getLong("seq"), row.getInt("rows"), row.getBoolean("remembered"));
        }
    }

    /** Nobody else has the file now, so whoever had leases before is dead. */
    private int begin(Connection database) throws SQLException {
        SqliteTotals.check(file.path(), database, SqliteSchema.FORMAT);
        return Sql.update(database, "UPDATE batch SET lease = 0 WHERE lease <> 0");
    }

    private void checkRoom(long before, long after) {
        if (after > before && after > maxBytes) {
            throw Room.none(file.path(), before, after - before, maxBytes);
        }
    }

    private boolean insert(Connection database, Stored batch, boolean remembered) throws SQLException {
        if (knows(database, batch.id())) {
            return false;
        }
        Sql.update(
                database,
                "INSERT INTO batch (id, destination, mode, key, tags, rows, bytes, taken_in, remembered, seal)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                batch.id(),
                batch.table(),
                batch.mode(),
                batch.key(),
                batch.tags(),
                batch.rows(),
                batch.json().length,
                clock.instant().toString(),
                remembered ? 1 : 0,
                batch.seal());
        Sql.update(database, "INSERT INTO batch_rows VALUES (last_insert_rowid(), ?, ?)", batch.sizes(), batch.json());
        return true;
    }

    private static boolean knows(Connection database, String id) throws SQLException {
        return Sql.first(
                        database,
                        row -> true,
                        "SELECT 1 FROM batch WHERE id = ? UNION ALL SELECT 1 FROM tombstone WHERE id = ?",
                        id,
                        id)
                .isPresent();
    }

    private Claim claim(Connection database, ResultSet row, Map<BatchId, Batch> known) throws SQLException {
        Batch mine = known.get(new BatchId(row.getString("id")));
        Batch batch = mine == null ? read(database, row.getLong("seq")) : mine;
        List<Span> ended = ended(database, row.getLong("seq"));
        int first = row.getInt("doubt_first");
        Span doubt = row.wasNull() ? null : new Span(first, row.getInt("doubt_rows"));
        return new Claim(batch, new Lease(batch.id(), ++leases), ended, doubt);
    }

    private Batch read(Connection database, long seq) throws SQLException {
        String sql = "SELECT * FROM batch LEFT JOIN batch_rows USING (seq) WHERE seq = ?";
        return Sql.first(database, row -> SqliteRows.batch(file.path(), row), sql, seq)
                .orElseThrow();
    }

    private void end(Connection database, Lease lease, Ending batch, Span piece) throws SQLException {
        List<Span> before = ended(database, batch.seq());
        piece.checkEnds(lease.batch(), batch.rows(), before);
        if (before.stream().mapToInt(Span::rows).sum() + piece.rows() == batch.rows()) {
            remove(database, lease, batch);
            return;
        }
        Sql.update(
                database,
                "INSERT INTO ended VALUES (?, ?, ?, ?)",
                batch.seq(),
                piece.firstRow(),
                piece.rows(),
                Seal.of(batch.seq(), piece.firstRow(), piece.rows()));
        Sql.update(
                database,
                "UPDATE batch SET doubt_first = NULL, doubt_rows = NULL"
                        + " WHERE seq = ? AND doubt_first < ? AND doubt_first + doubt_rows > ?",
                batch.seq(),
                piece.firstRow() + piece.rows(),
                piece.firstRow());
    }

    private static List<Span> ended(Connection database, long seq) throws SQLException {
        return Sql.query(
                database,
                row -> new Span(row.getInt("first_row"), row.getInt("rows")),
                "SELECT first_row, rows FROM ended WHERE seq = ? ORDER BY first_row",
                seq);
    }

    private void remove(Connection database, Lease lease, Ending batch) throws SQLException {
        Sql.update(database, "DELETE FROM ended WHERE seq = ?", batch.seq());
        Sql.update(database, "DELETE FROM batch_rows WHERE seq = ?", batch.seq());
        Sql.update(database, "DELETE FROM batch WHERE seq = ?", batch.seq());
        if (batch.remembered()) {
            Sql.update(
                    database,
                    "INSERT INTO tombstone VALUES (?, ?, ?)",
                    lease.batch().value(),
                    clock.instant().toString(),
                    Seal.of(lease.batch()));
        }
    }
}
