package dev.sluice.benchmarks.sync;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.LongConsumer;

/** A plain JDBC read: every value of every row as text, thrown away. */
final class JdbcRead implements Contestant {
    private static final int FETCH = 5_000;

    @Override
    public void run(Job job, LongConsumer settled) throws SQLException {
        try (Connection connection = DriverManager.getConnection(job.database());
                Statement statement = statement(connection, job);
                ResultSet row = statement.executeQuery("SELECT * FROM " + job.table())) {
            long chars = 0;
            long rows = 0;
            int columns = row.getMetaData().getColumnCount();
            while (row.next()) {
                rows++;
                for (int i = 1; i <= columns; i++) {
                    String value = row.getString(i);
                    chars += value == null ? 0 : value.length();
                }
            }
            if (rows != job.rows() || chars == 0) {
                throw new IllegalStateException(rows + " rows read of " + job.rows());
            }
        }
    }

    /** One whose rows come bit by bit: the drivers read everything into memory unless told so, each in its own way. */
    static Statement statement(Connection connection, Job job) throws SQLException {
        connection.setAutoCommit(false);
        Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
        statement.setFetchSize(job.isPostgres() ? FETCH : Integer.MIN_VALUE);
        return statement;
    }
}
