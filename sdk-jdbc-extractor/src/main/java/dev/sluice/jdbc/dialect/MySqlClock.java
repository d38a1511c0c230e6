package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * MySQL's time, and since when its transactions and statements are open.
 *
 * <p>{@code NOW()} is the start of a statement, and InnoDB knows of a transaction only once a statement of it has come to
 * a table, which may be later: after a wait for a metadata lock, or a function. So a row's time is not before the
 * earlier of its transaction's {@code trx_started} and the start of its statement, as long as that runs. The statements
 * are looked at first: one that has ended by then has its transaction in the other list, or has committed.
 *
 * <p>Not seen: a statement that waited longer than the margin before it came to a table, as its transaction's first, and
 * has ended while the transaction stays open; and what engines other than InnoDB hold open beyond a statement.
 */
final class MySqlClock {
    /** Statements tell their age in whole seconds; the rest is for the moment until they show it. */
    private static final int MARGIN_SECONDS = 2;

    private static final int NOT_PRIVILEGED = 1227;

    /** How often to look for a list of transactions that is not an old one. */
    private static final int LOOKS = 50;

    /**
     * {@code UTC_TIMESTAMP} is fixed when this statement begins, so before the list is read: what begins later than the
     * reading is later than the bound. Statements have a text; a session that does nothing has none. Another server's
     * changes are made by "system user".
     */
    private static final String STATEMENTS = """
            SELECT CAST(UTC_TIMESTAMP(6) AS CHAR), ID, TIME, INFO IS NOT NULL AND ID <> CONNECTION_ID(),
              USER = 'system user' AND COMMAND <> 'Daemon', @@global.read_only
            FROM information_schema.PROCESSLIST""";

    /**
     * InnoDB writes {@code trx_started} in the zone of the server's machine, which is the session's zone here. In the
     * hour that comes twice that may be two times: then three hours earlier plus three hours is the first of them.
     */
    private static final String STARTED = """
            CASE WHEN FROM_UNIXTIME(UNIX_TIMESTAMP(%1$s - INTERVAL 3 HOUR) + 10800) = %1$s
            THEN LEAST(UNIX_TIMESTAMP(%1$s), UNIX_TIMESTAMP(%1$s - INTERVAL 3 HOUR) + 10800)
            ELSE UNIX_TIMESTAMP(%1$s) END""";

    private static final String TRANSACTIONS = """
            SELECT '%s', trx_mysql_thread_id = CONNECTION_ID() AND trx_query LIKE '%%%s%%', trx_id, trx_mysql_thread_id,
              trx_is_read_only = 1 OR trx_autocommit_non_locking = 1, trx_state = 'ROLLING BACK', %s
            FROM information_schema.INNODB_TRX""";

    private static final String WHY_BLIND =
            "transactions of other users cannot be seen, and a row that one of them commits late would be missed:"
                    + " GRANT PROCESS ON *.* to this user, or set a horizon lag (horizonLag, horizon.lag in a file) that"
                    + " is longer than any transaction lasts";

    private static final String WHY_REPLICA =
            "the server is read-only or replicates from another one, whose transactions cannot be seen here, and a row"
                    + " that one of them commits late would be missed: sync from the primary, or set a horizon lag"
                    + " (horizonLag, horizon.lag in a file) that is longer than any transaction lasts and the replica"
                    + " is behind";

    private static final Set<String> UTC = Set.of("UTC", "ETC/UTC", "+00:00", "-00:00", "COORDINATED UNIVERSAL TIME");

    /** The statements that run, by session. */
    private record Statements(Instant now, Map<Long, Long> ages, boolean isReplica) {}

    /** The transactions that are open: since when, the sessions of those that write nothing, and the prepared. */
    private record Transactions(Instant oldest, Set<Long> harmless, Map<String, Instant> prepared) {}

    private MySqlClock() {}

    static Activity activity(Connection connection) throws SQLException {
        Statements statements = statements(connection);
        Instant now = statements.now();
        String blind = statements.isReplica() ? WHY_REPLICA : null;
        Transactions open = new Transactions(now, Set.of(), Map.of());
        try {
            open = transactions(connection, now);
        } catch (SQLException e) {
            if (e.getErrorCode() != NOT_PRIVILEGED) {
                throw e;
            }
            blind = WHY_BLIND;
        }
        setZone(connection, "+00:00");
        Set<Long> harmless = open.harmless();
        long age = statements.ages().entrySet().stream()
                .filter(one -> !harmless.contains(one.getKey()))
                .mapToLong(Map.Entry::getValue)
                .max()
                .orElse(0);
        Instant oldest = earlier(now.minusSeconds(age), open.oldest()).minusSeconds(MARGIN_SECONDS);
        return new Activity(now, oldest, blind, open.prepared());
    }

    private static Statements statements(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(STATEMENTS)) {
            Instant now = Instant.EPOCH;
            boolean isReplica = false;
            Map<Long, Long> ages = new HashMap<>();
            while (rows.next()) {
                now = utc(rows.getString(1));
                isReplica |= rows.getInt(5) == 1 || !Set.of("0", "OFF").contains(rows.getString(6));
                if (rows.getInt(4) == 1) {
                    ages.put(rows.getLong(2), Math.max(0, rows.getLong(3)));
                }
            }
            return new Statements(now, ages, isReplica);
        }
    }

    /** Leaves the session in the zone of the server's machine; where this fails for good the session is given up. */
    private static Transactions transactions(Connection connection, Instant now) throws SQLException {
        setZone(connection, "SYSTEM");
        try (Statement statement = connection.createStatement()) {
            return fresh(statement, now);
        }
    }

    private static void setZone(Connection connection, String zone) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET @@session.time_zone = '" + zone + "'");
        }
    }

    /**
     * The server makes the list anew only if nobody has read it for a tenth of a second. It is a new one if it shows
     * this very statement, in this transaction.
     */
    private static Transactions fresh(Statement statement, Instant now) throws SQLException {
        for (int look = 0; look < LOOKS; look++) {
            String mark = "sluice-" + UUID.randomUUID();
            try (ResultSet rows = statement.executeQuery(TRANSACTIONS.formatted(mark, mark, started("trx_started")))) {
                Optional<Transactions> read = read(rows, now);
                if (read.isPresent()) {
                    return read.get();
                }
            }
            statement.execute("DO SLEEP(0.11)");
        }
        throw new SourceException("information_schema.innodb_trx shows old transactions only, for others read it"
                + " without a pause: let them read it less often than ten times a second");
    }

    static String started(String time) {
        return STARTED.formatted(time);
    }

    private static Optional<Transactions> read(ResultSet rows, Instant now) throws SQLException {
        boolean isFresh = false;
        Instant oldest = now;
        Set<Long> harmless = new HashSet<>();
        Map<String, Instant> prepared = new HashMap<>();
        while (rows.next()) {
            isFresh |= rows.getInt(2) == 1;
            Instant started = Instant.ofEpochSecond((long) rows.getDouble(7));
            long session = rows.getLong(4);
            if (rows.getInt(5) == 1) {
                harmless.add(session);
            } else if (session != 0) {
                oldest = earlier(oldest, started);
            } else if (rows.getInt(6) == 0) {
                // Without a session it can only be prepared; after a restart it seems to have begun with that.
                prepared.put(rows.getString(3), started);
            }
        }
        return isFresh ? Optional.of(new Transactions(oldest, harmless, prepared)) : Optional.empty();
    }

    static String bound(Connection connection, Column column, @Nullable ZoneId zone, Instant time) throws SQLException {
        if (zone == null && !column.kind().equals("timestamp")) {
            checkZone(connection, column);
        }
        return bound(column, zone, time);
    }

    /** A horizon taken in a wrong zone may lie in the column's future, where it holds nothing back. */
    private static void checkZone(Connection connection, Column column) throws SQLException {
        String zone = Sql.one(
                connection,
                "SELECT upper(CASE @@global.time_zone WHEN 'SYSTEM' THEN @@system_time_zone"
                        + " ELSE @@global.time_zone END)");
        if (!UTC.contains(zone)) {
            throw new SourceException("the watermark " + column.name() + " (" + column.type()
                    + ") has no time zone, and the server's own is not UTC: set watermarkZone to the zone its times"
                    + " are in, for with a wrong one late rows are missed");
        }
    }

    /** A column of coarser resolution holds times rounded to it: the bound must not lie within such a step. */
    static String bound(Column column, @Nullable ZoneId zone, Instant time) {
        ZoneId own = zone == null || column.kind().equals("timestamp") ? ZoneOffset.UTC : zone;
        LocalDateTime local = LocalTimes.earliest(own, time);
        return column.kind().equals("date")
                ? local.toLocalDate().toString()
                : LocalTimes.text(local, column.modifier());
    }

    private static Instant utc(String text) {
        return LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC);
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
