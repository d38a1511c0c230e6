package dev.sluice.spool;

import dev.sluice.batch.BatchId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The batches of one target of a push queue's file, within one transaction. */
final class Batches {
    private final Connection db;
    private final Path path;
    private final String target;

    Batches(Connection db, Path path, String target) {
        this.db = db;
        this.path = path;
        this.target = target;
    }

    /** The oldest batch that nobody holds and that may go; its number. */
    Optional<Long> loose(long renewedBefore, long upTo, Set<Long> except) throws SQLException {
        List<Long> numbers = Sql.query(
                db,
                row -> row.getLong(1),
                "SELECT number FROM batch WHERE target = ? AND (renewed IS NULL OR renewed <= ?) ORDER BY number",
                target,
                renewedBefore);
        for (long number : numbers) {
            if (sequences(number).stream().allMatch(each -> each <= upTo && !except.contains(each))) {
                return Optional.of(number);
            }
        }
        return Optional.empty();
    }

    Set<Long> claimedRows() throws SQLException {
        return new HashSet<>(Sql.query(
                db, row -> row.getLong(1), "SELECT row_id FROM event WHERE batch IS NOT NULL AND target = ?", target));
    }

    /** Makes a batch of pending events; its number, or empty if none may go. */
    Optional<Long> fresh(NextEvents next, long upTo, BatchId id) throws SQLException {
        pick(next, upTo);
        if (next.sequences().isEmpty()) {
            return Optional.empty();
        }
        Sql.update(db, "INSERT INTO batch (id, target, lease) VALUES (?, ?, 0)", id.value(), target);
        long number = Sql.first(db, row -> row.getLong(1), "SELECT last_insert_rowid()")
                .orElseThrow();
        for (long sequence : next.sequences()) {
            Sql.update(db, "UPDATE event SET batch = ? WHERE sequence = ?", number, sequence);
        }
        return Optional.of(number);
    }

    PushQueue.Claim lease(long number, long now) throws SQLException {
        Sql.update(db, "UPDATE batch SET lease = lease + 1, renewed = ? WHERE number = ?", now, number);
        List<PushQueue.Event> events = Sql.query(
                db,
                row -> StoredEvent.of(row).event(path),
                StoredEvent.SELECT + "WHERE batch = ? ORDER BY sequence",
                number);
        if (events.isEmpty()) {
            throw new SpoolException.Damaged(
                    "batch " + number + " of target " + target + " in " + path
                            + " has no events: something took them out"
                            + " of the file. Keep a copy of the file, then delete the batch with the sqlite3 shell",
                    null);
        }
        return Sql.query(
                        db,
                        row -> new PushQueue.Claim(
                                target, new BatchId(row.getString(1)), row.getLong(2), events, row.getString(3)),
                        "SELECT id, lease, job FROM batch WHERE number = ?",
                        number)
                .get(0);
    }

    private void pick(NextEvents next, long upTo) throws SQLException {
        String pending = StoredEvent.SELECT + "WHERE batch IS NULL AND target = ? AND sequence <= ? ORDER BY sequence";
        try (PreparedStatement statement = db.prepareStatement(pending)) {
            statement.setString(1, target);
            statement.setLong(2, upTo);
            ResultSet rows = statement.executeQuery();
            while (!next.isFull() && rows.next()) {
                StoredEvent event = StoredEvent.of(rows);
                next.offer(event.sequence(), event.rowId(), event.type(path));
            }
        }
    }

    private List<Long> sequences(long number) throws SQLException {
        return Sql.query(db, row -> row.getLong(1), "SELECT sequence FROM event WHERE batch = ?", number);
    }
}
