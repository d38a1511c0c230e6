package dev.sluice.spool;

import dev.sluice.batch.BatchId;
import dev.sluice.row.ChangeType;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The batches of one target of a push queue's file, within one transaction. */
final class Batches {
    private final Connection db;
    private final Path path;
    private final String target;
    private final Set<Long> except;
    private final Passed passed;

    /**
     * The batches for one claim.
     *
     * @param except sequences that are left where they are
     * @param passed for the same exceptions
     */
    Batches(Connection db, Path path, String target, Set<Long> except, Passed passed) {
        this.db = db;
        this.path = path;
        this.target = target;
        this.except = except;
        this.passed = passed;
    }

    /** The oldest batch that nobody holds and that may go; its number. */
    Optional<Long> loose(long renewedBefore, long upTo) throws SQLException {
        boolean passing = true;
        try (PreparedStatement statement = db.prepareStatement(
                "SELECT number, renewed IS NULL OR renewed <= ? FROM batch WHERE target = ? AND number > ? ORDER BY number")) {
            statement.setLong(1, renewedBefore);
            statement.setString(2, target);
            statement.setLong(3, passed.batch());
            ResultSet rows = statement.executeQuery();
            while (rows.next()) {
                long number = rows.getLong(1);
                List<Long> sequences = sequences(number);
                if (rows.getBoolean(2) && sequences.stream().allMatch(each -> each <= upTo && !except.contains(each))) {
                    return Optional.of(number);
                }
                passing &= sequences.stream().anyMatch(except::contains);
                if (passing) {
                    passed.passBatch(number);
                }
            }
        }
        return Optional.empty();
    }

    /** Makes a batch of pending events; its number, or empty if none may go. */
    Optional<Long> fresh(int atMost, long upTo, BatchId id) throws SQLException {
        NextEvents next = new NextEvents(atMost, Set.of(), except);
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

    /** Reads no rows' JSON: the events that are taken are checked when they are read for their claim. */
    private void pick(NextEvents next, long upTo) throws SQLException {
        boolean passing = true;
        try (PreparedStatement statement = db.prepareStatement("SELECT sequence, row_id, change FROM event"
                + " WHERE batch IS NULL AND target = ? AND sequence > ? AND sequence <= ? ORDER BY sequence")) {
            statement.setString(1, target);
            statement.setLong(2, passed.event());
            statement.setLong(3, upTo);
            ResultSet rows = statement.executeQuery();
            while (!next.isFull() && rows.next()) {
                long sequence = rows.getLong(1);
                Head head = head(rows.getLong(2));
                boolean taken = next.offer(
                        sequence, rows.getLong(2), change(sequence, rows.getString(3)), head.isBefore(sequence));
                passing &= !taken && head.staysBehind(except);
                if (passing) {
                    passed.passEvent(sequence);
                }
            }
        }
    }

    /** The first event of a row that is left: what is behind it has to wait for it. */
    private record Head(long sequence, boolean held) {
        private boolean isBefore(long other) {
            return sequence < other;
        }

        /** In nobody's hands and left out, it and all behind it stay until the run is over. */
        private boolean staysBehind(Set<Long> except) {
            return !held && except.contains(sequence);
        }
    }

    private Head head(long rowId) throws SQLException {
        return Sql.first(
                        db,
                        row -> new Head(row.getLong(1), row.getBoolean(2)),
                        "SELECT sequence, renewed IS NOT NULL FROM event LEFT JOIN batch ON batch.number = event.batch"
                                + " WHERE event.target = ? AND row_id = ? ORDER BY sequence LIMIT 1",
                        target,
                        rowId)
                .orElseThrow();
    }

    private ChangeType change(long sequence, String text) throws SQLException {
        try {
            return ChangeType.of(text);
        } catch (IllegalArgumentException | NullPointerException e) {
            // The event itself knows best what to say of it.
            return Sql.first(
                            db,
                            row -> StoredEvent.of(row).type(path),
                            StoredEvent.SELECT + "WHERE sequence = ?",
                            sequence)
                    .orElseThrow();
        }
    }

    private List<Long> sequences(long number) throws SQLException {
        return Sql.query(db, row -> row.getLong(1), "SELECT sequence FROM event WHERE batch = ?", number);
    }
}
