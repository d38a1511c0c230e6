package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's time, and since when its transactions are open.
 *
 * <p>{@code now()} is the start of a transaction (PostgreSQL manual, "Current Date/Time"), so a row stamped with it by
 * an open transaction is never older than that transaction's {@code xact_start}: below the oldest one nothing can
 * appear any more. Transactions count from their start, before they have written, for they may yet write an old
 * {@code now()}.
 */
final class PostgresClock {
    /** For the moment between a transaction's taking its time and its showing it in pg_stat_activity. */
    private static final String MARGIN = "100 milliseconds";

    /** The sessions whose transactions matter. Autovacuum and walsenders write no rows. */
    private static final String OTHERS = """
            FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
              AND coalesce(backend_type, '') NOT IN ('autovacuum worker', 'walsender')""";

    /**
     * {@code now()} was fixed when this transaction began, so before the view is read: a transaction that begins later
     * than the view's reading is later than the bound. A standby knows no later time than that of the last commit it
     * has replayed.
     */
    private static final String OLDEST = "SELECT least(now(), min(xact_start), CASE WHEN pg_is_in_recovery()"
            + " THEN coalesce(pg_last_xact_replay_timestamp(), to_timestamp(0)) END) - interval '" + MARGIN + "' "
            + OTHERS;

    /**
     * Whether there may be writers that the view does not show: on a standby; to a user outside this role (manual,
     * "pg_stat_activity"); where a session does not report; where a subscription brings another server's times.
     */
    private static final String BLIND =
            "SELECT pg_is_in_recovery() OR NOT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')"
                    + " OR EXISTS (SELECT 1 " + OTHERS + " AND state = 'disabled')"
                    + " OR EXISTS (SELECT 1 FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid"
                    + " WHERE d.datname = current_database())";

    private static final String WHY_BLIND =
            "not all transactions of other users can be seen, and a row that one of them"
                    + " commits late would be missed: GRANT pg_read_all_stats to this user, or set a horizon lag (horizonLag,"
                    + " horizon.lag in a file) that is longer than any transaction lasts (always needed on a standby, beside a"
                    + " subscription, and where track_activities is off)";

    /**
     * Whether the server's own zone is another one than UTC: as it logs, or as it is set for this database or all. The
     * session's tells nothing, for the driver sets it to the client's.
     */
    private static final String NOT_UTC = "SELECT EXISTS (SELECT 1 FROM generate_series(0, 11) AS m WHERE"
            + " (now() + m * interval '30 days') AT TIME ZONE current_setting('log_timezone')"
            + " <> (now() + m * interval '30 days') AT TIME ZONE 'UTC')"
            + " OR EXISTS (SELECT 1 FROM pg_db_role_setting r LEFT JOIN pg_database d ON d.oid = r.setdatabase,"
            + " unnest(r.setconfig) AS one WHERE coalesce(d.datname, current_database()) = current_database()"
            + " AND one ILIKE 'timezone=%' AND upper(one) !~ '=(ETC/)?(UTC|GMT|UCT|ZULU)$')";

    private PostgresClock() {}

    static Activity activity(Connection connection) throws SQLException {
        boolean blind = Sql.one(connection, BLIND).equals("t");
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT now(), (" + OLDEST + ")")) {
            row.next();
            return new Activity(instant(row, 1), instant(row, 2), blind ? WHY_BLIND : null, prepared(connection));
        }
    }

    /** When they began is shown nowhere. */
    private static Map<String, Instant> prepared(Connection connection) throws SQLException {
        Map<String, Instant> prepared = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "SELECT gid, prepared FROM pg_prepared_xacts WHERE database = current_database()")) {
            while (rows.next()) {
                prepared.put(rows.getString(1), instant(rows, 2));
            }
        }
        return prepared;
    }

    private static Instant instant(ResultSet row, int column) throws SQLException {
        return Objects.requireNonNull(row.getObject(column, OffsetDateTime.class))
                .toInstant();
    }

    static String bound(Connection connection, Column column, @Nullable ZoneId zone, Instant time) throws SQLException {
        checkZone(connection, column, zone);
        String sql = bound(column, zone, "timestamptz '" + time + "'");
        return Sql.one(connection, "SELECT " + sql + "::text");
    }

    /** A horizon taken in a wrong zone may lie in the column's future, where it holds nothing back. */
    private static void checkZone(Connection connection, Column column, @Nullable ZoneId zone) throws SQLException {
        boolean guessed = zone == null && !column.kind().equals("timestamptz");
        if (guessed && Sql.one(connection, NOT_UTC).equals("t")) {
            throw new SourceException("the watermark " + column.name() + " (" + column.type()
                    + ") has no time zone, and the server's own is not UTC: set watermarkZone to the zone its times"
                    + " are in, for with a wrong one late rows are missed");
        }
    }

    /**
     * The time in the column's own type. A column of coarser resolution holds times rounded to it: the bound must not
     * lie within such a step.
     */
    static String bound(Column watermark, @Nullable ZoneId zone, String time) {
        String local = watermark.kind().equals("timestamptz") ? time : earliest(zone, time);
        if (watermark.kind().equals("date")) {
            return local + "::date";
        }
        if (watermark.modifier() < 0 || watermark.modifier() >= 6) {
            return local;
        }
        return "date_trunc('" + (watermark.modifier() >= 3 ? "milliseconds" : "second") + "', " + local + ")";
    }

    /**
     * The earliest local time that any moment from this one on has: where clocks are about to be put back, that is the
     * hour that comes twice. They are put back at quarters of an hour, and by less than three.
     */
    private static String earliest(@Nullable ZoneId zone, String time) {
        return "(SELECT min(t AT TIME ZONE " + inSql(zone) + ") FROM (SELECT " + time + " AS t UNION ALL"
                + " SELECT to_timestamp((floor(extract(epoch FROM " + time + ") / 900) + n) * 900)"
                + " FROM generate_series(1, 12) AS n) AS moments)";
    }

    /** PostgreSQL reads the sign of an offset the POSIX way round, but not that of an interval. */
    private static String inSql(@Nullable ZoneId zone) {
        ZoneId plain = zone == null ? ZoneOffset.UTC : zone.normalized();
        return plain instanceof ZoneOffset offset
                ? "interval '" + offset.getTotalSeconds() + " seconds'"
                : "'" + plain.getId() + "'";
    }
}
