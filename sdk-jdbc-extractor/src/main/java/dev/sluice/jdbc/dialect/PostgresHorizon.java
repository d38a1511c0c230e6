package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * Finds the time before which every transaction of this database has ended.
 *
 * <p>{@code now()} is the start of a transaction (PostgreSQL manual, "Current Date/Time"), so a row stamped with it by
 * an open transaction is never older than that transaction's {@code xact_start}: below the oldest one nothing can
 * appear any more. Transactions count from their start, before they have written, for they may yet write an old
 * {@code now()}.
 */
final class PostgresHorizon {
    /** For the moment between a transaction's taking its time and its showing it in pg_stat_activity. */
    private static final String MARGIN = "100 milliseconds";

    /** Times of other users' transactions are shown to members of this role only (manual, "pg_stat_activity"). */
    private static final String SEES_ALL = "pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')";

    /**
     * {@code now()} was fixed when this transaction began, so before the view is read: a transaction that begins later
     * than the view's reading is later than the bound. Autovacuum and walsenders write no rows.
     */
    private static final String OLDEST = """
            SELECT least(now(), min(xact_start)) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
              AND coalesce(backend_type, '') NOT IN ('autovacuum worker', 'walsender')""";

    private PostgresHorizon() {}

    static Horizon take(Connection connection, Column watermark, ZoneId zone, @Nullable Duration lag)
            throws SQLException {
        boolean blind = Sql.one(connection, "SELECT pg_is_in_recovery() OR NOT " + SEES_ALL)
                .equals("t");
        if (blind && lag == null) {
            throw new SourceException("the transactions of other users cannot be seen, and a row that one of them"
                    + " commits late would be missed: GRANT pg_read_all_stats to this user, or set a horizon lag that"
                    + " is longer than any transaction lasts (a standby always needs one)");
        }
        Duration back = blind && lag != null ? lag : Duration.ZERO;
        String sql =
                "SELECT h::text, " + inTypeOf(watermark, "h") + "::text, " + inTypeOf(watermark, "now()") + "::text,"
                        + " (SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database())"
                        + " FROM (SELECT (" + OLDEST + ") - interval '" + MARGIN + "' - CAST(? AS interval) AS h,"
                        + " CAST(? AS text) AS zone) AS bounds";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, back.toMillis() + " milliseconds");
            statement.setString(2, zone.getId());
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
                return new Horizon(rows.getString(1), rows.getString(2), rows.getString(3), rows.getInt(4));
            }
        }
    }

    /** A column of coarser resolution holds times rounded to it: the bound must not lie within such a step. */
    private static String inTypeOf(Column watermark, String time) {
        String local = watermark.kind().equals("timestamptz") ? time : "(" + time + " AT TIME ZONE zone)";
        if (watermark.kind().equals("date")) {
            return local + "::date";
        }
        if (watermark.scale() < 0 || watermark.scale() >= 6) {
            return local;
        }
        return "date_trunc('" + (watermark.scale() >= 3 ? "milliseconds" : "second") + "', " + local + ")";
    }
}
