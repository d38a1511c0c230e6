package dev.sluice.spool;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.DamagedLetterException;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.row.Destination;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** The dead letters in a spool's file. */
final class SqliteLetters implements DeadLetterStore {
    private final SqliteFile file;

    SqliteLetters(SqliteFile file) {
        this.file = file;
    }

    @Override
    public void keep(DeadLetter letter) {
        Stored rows = Stored.of(letter.batch());
        file.change("keep the dead letter of batch " + letter.batch().id(), true, database -> {
            insert(database, letter, rows);
            return letter;
        });
    }

    @Override
    public List<Entry> list() {
        String sql =
                "SELECT name, batch, destination, mode, key, tags, rows, bytes, reason, message, written, attempts,"
                        + " first_attempt, last_attempt, http_status, request_id, rows_seal, seal FROM dead_letter ORDER BY name";
        List<String> damaged = new ArrayList<>();
        List<Entry> readable =
                file
                        .read("list dead letters", database -> Sql.query(database, row -> entry(row, damaged), sql))
                        .stream()
                        .flatMap(Optional::stream)
                        .toList();
        if (!damaged.isEmpty()) {
            throw new DamagedLetterException(
                    file.path() + " holds dead letters that are not what was written: " + String.join(", ", damaged)
                            + ". They are left as they are: keep a copy of the file, then delete them with the sqlite3 shell",
                    damaged,
                    readable);
        }
        return readable;
    }

    /** Empty if it is not what was written: one that is damaged must not hide the others. */
    private Optional<Entry> entry(ResultSet row, List<String> damaged) throws SQLException {
        try {
            return Optional.of(entry(row));
        } catch (SpoolException.Damaged | IllegalArgumentException | NullPointerException | DateTimeException e) {
            damaged.add(row.getString("name"));
            return Optional.empty();
        }
    }

    @Override
    public DeadLetter read(String name) {
        String sql = "SELECT * FROM dead_letter WHERE name = ?";
        return file.read(
                        "read dead letter " + name,
                        database -> Sql.first(
                                database,
                                row -> letter(SqliteRows.letter(file.path(), row), entry(row)),
                                sql,
                                Letter.number(name)))
                .orElseThrow(
                        () -> new NoSuchElementException("there is no dead letter " + name + " in " + file.path()));
    }

    @Override
    public void remove(String name) {
        file.change(
                "remove dead letter " + name,
                true,
                database -> Sql.update(database, "DELETE FROM dead_letter WHERE name = ?", Letter.number(name)));
    }

    /** Within a transaction. */
    void insert(Connection database, DeadLetter letter, Stored rows) throws SQLException {
        Sql.update(
                database,
                "INSERT INTO dead_letter (batch, destination, mode, key, tags, rows, bytes, reason, message, written,"
                        + " attempts, first_attempt, last_attempt, http_status, request_id, rows_seal, seal, sizes, json)"
                        + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows.id(),
                rows.table(),
                rows.mode(),
                rows.key(),
                rows.tags(),
                rows.rows(),
                rows.json().length,
                letter.reason().name(),
                letter.message(),
                letter.written(),
                letter.attempts(),
                letter.firstAttempt().toString(),
                letter.lastAttempt().toString(),
                letter.httpStatus(),
                letter.requestId(),
                rows.seal(),
                seal(rows, letter),
                rows.sizes(),
                rows.json());
    }

    private static DeadLetter letter(Batch rows, Entry entry) {
        return new DeadLetter(
                rows,
                entry.reason(),
                entry.message(),
                entry.written(),
                entry.attempts(),
                entry.firstAttempt(),
                entry.lastAttempt(),
                entry.httpStatus(),
                entry.requestId());
    }

    /** Over every column but the rows themselves, which have a seal of their own: a list need not read those. */
    private static long seal(Stored rows, DeadLetter letter) {
        return Seal.of(
                rows.id(),
                rows.table(),
                rows.mode(),
                rows.key(),
                rows.tags(),
                rows.rows(),
                rows.json().length,
                letter.reason(),
                letter.message(),
                letter.written(),
                letter.attempts(),
                letter.firstAttempt(),
                letter.lastAttempt(),
                letter.httpStatus(),
                letter.requestId(),
                rows.seal());
    }

    private static long seal(ResultSet row) throws SQLException {
        return Seal.of(
                row.getString("batch"),
                row.getString("destination"),
                row.getString("mode"),
                row.getString("key"),
                row.getString("tags"),
                row.getInt("rows"),
                row.getInt("bytes"),
                row.getString("reason"),
                row.getString("message"),
                row.getInt("written"),
                row.getInt("attempts"),
                row.getString("first_attempt"),
                row.getString("last_attempt"),
                row.getInt("http_status"),
                row.getString("request_id"),
                row.getLong("rows_seal"));
    }

    private Entry entry(ResultSet row) throws SQLException {
        if (seal(row) != row.getLong("seal")) {
            throw SqliteRows.damaged(file.path(), "dead letter " + row.getString("name"), null);
        }
        return new Entry(
                row.getString("name"),
                destination(row),
                new BatchId(row.getString("batch")),
                DeadLetter.Reason.valueOf(row.getString("reason")),
                row.getString("message"),
                row.getInt("rows"),
                row.getInt("written"),
                row.getInt("attempts"),
                Instant.parse(row.getString("first_attempt")),
                Instant.parse(row.getString("last_attempt")),
                row.getInt("http_status"),
                row.getString("request_id"));
    }

    private static Destination destination(ResultSet row) throws SQLException {
        return Stored.destination(
                row.getString("destination"), row.getString("mode"), row.getString("key"), row.getString("tags"));
    }
}
