package dev.sluice.spool;

import dev.sluice.batch.BatchId;
import dev.sluice.row.ChangedRow;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A push queue in a SQLite file, to be read with the sqlite3 shell as well:
 *
 * <pre>
 * target  name, position                                   how far the producer of each target is
 * batch   number, id, target, lease, renewed, job          renewed: milliseconds since 1970, null if nobody holds it
 * once    target, key                                      what must not be taken in a second time
 * event   sequence, target, row_id, change, row, seal, batch
 *         row: JSON; seal: CRC-32C of the columns before it; batch: the number of the one it belongs to, null if none
 * </pre>
 */
final class SqlitePushQueue implements PushQueue {
    private static final SqliteFile.Format FORMAT = new SqliteFile.Format(
            "a push queue",
            0x536c5051, // "SlPQ"
            1,
            """
            CREATE TABLE target (name TEXT PRIMARY KEY, position INTEGER NOT NULL);
            CREATE TABLE batch (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
              target TEXT NOT NULL, lease INTEGER NOT NULL, renewed INTEGER, job TEXT);
            CREATE TABLE event (sequence INTEGER PRIMARY KEY AUTOINCREMENT, target TEXT NOT NULL,
              row_id INTEGER NOT NULL, change TEXT NOT NULL, row TEXT NOT NULL, seal INTEGER NOT NULL,
              batch INTEGER REFERENCES batch);
            CREATE TABLE once (target TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (target, key)) WITHOUT ROWID;
            CREATE INDEX event_in_order ON event (target, sequence, batch, row_id, change);
            CREATE INDEX event_of_row ON event (target, row_id, sequence, batch);
            CREATE INDEX batch_of_target ON batch (target, number, renewed);
            CREATE INDEX event_batched ON event (batch) WHERE batch IS NOT NULL""");

    private final SqliteFile file;
    private final Clock clock;

    /** By target. */
    private final Map<String, Passed> passed = new ConcurrentHashMap<>();

    private SqlitePushQueue(SqliteFile file, Clock clock) {
        this.file = file;
        this.clock = clock;
    }

    static SqlitePushQueue open(Path path, Clock clock) {
        SqliteFile file = SqliteFile.open(path, FORMAT);
        try {
            // Whoever held a batch is gone: a file has one owner.
            file.change("take back claims", true, db -> Sql.update(db, "UPDATE batch SET renewed = NULL"));
            return new SqlitePushQueue(file, clock);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public void put(String target, List<ChangedRow> rows) {
        Targets.check(target);
        List<ChangedRow> taken = List.copyOf(rows);
        file.change("take rows in for " + target, true, db -> add(db, target, taken));
    }

    @Override
    public boolean put(String target, List<ChangedRow> rows, long offset) {
        Targets.check(target);
        List<ChangedRow> taken = List.copyOf(rows);
        return file.change("take rows in for " + target, true, db -> {
            boolean further = Sql.update(
                            db,
                            "INSERT INTO target VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET position ="
                                    + " excluded.position WHERE excluded.position > position",
                            target,
                            offset)
                    > 0;
            return further && add(db, target, taken);
        });
    }

    @Override
    public boolean putOnce(String target, List<ChangedRow> rows, String key) {
        Targets.check(target);
        List<ChangedRow> taken = List.copyOf(rows);
        return file.change("take rows in for " + target, true, db -> {
            boolean isNew = Sql.update(db, "INSERT OR IGNORE INTO once VALUES (?, ?)", target, key) > 0;
            return isNew && add(db, target, taken);
        });
    }

    @Override
    public void replace(String target, List<ChangedRow> rows) {
        Targets.check(target);
        List<ChangedRow> taken = List.copyOf(rows);
        file.change("replace the rows for " + target, true, db -> {
            Sql.update(db, "DELETE FROM event WHERE target = ?", target);
            Sql.update(db, "DELETE FROM batch WHERE target = ?", target);
            return add(db, target, taken);
        });
    }

    @Override
    public OptionalLong offset(String target) {
        Targets.check(target);
        return file.read(
                        "read the offset of " + target,
                        db -> Sql.first(
                                db, row -> row.getLong(1), "SELECT position FROM target WHERE name = ?", target))
                .map(OptionalLong::of)
                .orElse(OptionalLong.empty());
    }

    @Override
    public long last() {
        // What SQLite keeps of the highest sequence stays when the event itself is gone.
        return file.read(
                "read the last sequence",
                db -> number(db, "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'event'"));
    }

    @Override
    public Optional<Claim> claim(String target, long upTo, int atMost, Set<Long> except) {
        Targets.check(target);
        long now = clock.millis();
        return file.change("claim a batch for " + target, true, db -> {
            Batches batches = new Batches(db, file.path(), target, except, passed(target, except));
            Optional<Long> batch = batches.loose(now - LEASE.toMillis(), upTo);
            if (batch.isEmpty()) {
                batch = batches.fresh(atMost, upTo, BatchId.random());
            }
            return batch.isEmpty() ? Optional.empty() : Optional.of(batches.lease(batch.get(), now));
        });
    }

    @Override
    public boolean renew(Claim claim) {
        return file.change(
                "renew a claim of " + claim.target(),
                false,
                db -> change(db, claim, "UPDATE batch SET renewed = ? WHERE ", clock.millis()));
    }

    @Override
    public boolean saveJob(Claim claim, String job) {
        return file.change(
                "keep a job of " + claim.target(),
                true,
                db -> change(db, claim, "UPDATE batch SET job = ? WHERE ", job));
    }

    @Override
    public boolean settle(Claim claim, Collection<Long> failed) {
        Set<Long> kept = Settling.check(claim, failed);
        return file.change("settle a batch of " + claim.target(), true, db -> {
            long number = number(db, "SELECT coalesce(max(number), 0) FROM batch WHERE id = ?", id(claim));
            if (!change(db, claim, "DELETE FROM batch WHERE ")) {
                return false;
            }
            for (long sequence : kept) {
                Sql.update(db, "UPDATE event SET batch = NULL WHERE sequence = ? AND batch = ?", sequence, number);
            }
            Sql.update(db, "DELETE FROM event WHERE batch = ?", number);
            return true;
        });
    }

    @Override
    public boolean release(Claim claim) {
        return file.change(
                "release a batch of " + claim.target(),
                false,
                db -> change(db, claim, "UPDATE batch SET renewed = NULL WHERE "));
    }

    @Override
    public List<Backlog> backlog() {
        return file.read(
                "count what waits",
                db -> Sql.query(
                        db,
                        row -> new Backlog(row.getString(1), row.getLong(2), row.getLong(3)),
                        "SELECT target, count(*), count(batch) FROM event GROUP BY target ORDER BY target"));
    }

    @Override
    public long count(String target, long upTo) {
        Targets.check(target);
        return file.read(
                "count what waits for " + target,
                db -> number(db, "SELECT count(*) FROM event WHERE target = ? AND sequence <= ?", target, upTo));
    }

    @Override
    public List<Event> list(String target) {
        Targets.check(target);
        return file.read(
                "list what waits for " + target,
                db -> Sql.query(
                        db,
                        row -> StoredEvent.of(row).event(file.path()),
                        StoredEvent.SELECT + "WHERE target = ? ORDER BY sequence",
                        target));
    }

    @Override
    public void close() {
        file.close();
    }

    private Passed passed(String target, Set<Long> except) {
        return passed.compute(
                target, (any, before) -> before != null && before.isFor(except) ? before : new Passed(except));
    }

    private static boolean add(Connection db, String target, List<ChangedRow> rows) throws SQLException {
        try (PreparedStatement insert = db.prepareStatement(StoredEvent.INSERT)) {
            for (ChangedRow row : rows) {
                StoredEvent.of(target, row).insert(insert);
            }
        }
        return true;
    }

    /** Changes the batch of a claim, unless that has ended. */
    private static boolean change(Connection db, Claim claim, String sql, Object... values) throws SQLException {
        Object[] all = Arrays.copyOf(values, values.length + 2);
        all[values.length] = id(claim);
        all[values.length + 1] = claim.lease();
        return Sql.update(db, sql + "id = ? AND lease = ? AND renewed IS NOT NULL", all) > 0;
    }

    private static long number(Connection db, String sql, Object... values) throws SQLException {
        return Sql.first(db, row -> row.getLong(1), sql, values).orElse(0L);
    }

    private static String id(Claim claim) {
        return claim.batch().value();
    }
}
