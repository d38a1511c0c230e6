package dev.sluice.jdbc.checkpoint;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The few words in which databases differ where checkpoints are kept in them.
 *
 * @param text the type of a long text
 * @param time the type of a moment
 * @param now the database's clock, as that type: the same whatever the session's time zone is
 */
record StateDialect(String text, String time, String now) {
    private static final StateDialect STANDARD =
            new StateDialect("TEXT", "TIMESTAMP WITH TIME ZONE", "CURRENT_TIMESTAMP");

    /** A time zone of MySQL sessions skips an hour and repeats one, so the clock is asked in UTC. */
    private static final StateDialect MYSQL =
            new StateDialect("LONGTEXT CHARACTER SET utf8mb4", "DATETIME(6)", "UTC_TIMESTAMP(6)");

    static StateDialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return product.equals("MySQL") || product.equals("MariaDB") ? MYSQL : STANDARD;
    }

    /** What makes the tables that are not there yet. */
    List<String> create(String checkpoints, String lease) {
        return List.of(
                "CREATE TABLE IF NOT EXISTS " + checkpoints + " (digest VARCHAR(64) PRIMARY KEY, owner VARCHAR(64)"
                        + " NOT NULL, name VARCHAR(100) NOT NULL, source " + text
                        + " NOT NULL, destination " + text + " NOT NULL, document " + text
                        + " NOT NULL, saves BIGINT NOT NULL, saved_at " + time + " NOT NULL)",
                "CREATE TABLE IF NOT EXISTS " + lease + " (id INTEGER PRIMARY KEY, holder VARCHAR(" + Runner.MAX_NAME
                        + "), generation BIGINT NOT NULL, beats BIGINT NOT NULL, expires " + time + " NOT NULL)",
                "INSERT INTO " + lease + " VALUES (1, NULL, 0, 0, " + now + ")");
    }
}
