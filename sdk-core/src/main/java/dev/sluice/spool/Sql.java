package dev.sluice.spool;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Statements with their parameters in one line. */
final class Sql {
    /** Makes something of the row that the result stands at. */
    interface Mapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    private Sql() {}

    /** The result is how many rows it changed. */
    static int update(Connection database, String sql, @Nullable Object... parameters) throws SQLException {
        try (PreparedStatement statement = prepare(database, sql, parameters)) {
            return statement.executeUpdate();
        }
    }

    static <T> List<T> query(Connection database, Mapper<T> mapper, String sql, @Nullable Object... parameters)
            throws SQLException {
        List<T> all = new ArrayList<>();
        try (PreparedStatement statement = prepare(database, sql, parameters);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                all.add(sound(mapper, rows));
            }
        }
        return all;
    }

    /** What was written makes sense: a row that does not is damaged. */
    private static <T> T sound(Mapper<T> mapper, ResultSet row) throws SQLException {
        try {
            return mapper.map(row);
        } catch (IllegalArgumentException | NullPointerException | DateTimeException e) {
            throw new SQLException("a row makes no sense", null, SqliteErrors.CORRUPT, e);
        }
    }

    static <T> Optional<T> first(Connection database, Mapper<T> mapper, String sql, @Nullable Object... parameters)
            throws SQLException {
        return query(database, mapper, sql, parameters).stream().findFirst();
    }

    private static PreparedStatement prepare(Connection database, String sql, @Nullable Object... parameters)
            throws SQLException {
        PreparedStatement statement = database.prepareStatement(sql);
        try {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            return statement;
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
    }
}
