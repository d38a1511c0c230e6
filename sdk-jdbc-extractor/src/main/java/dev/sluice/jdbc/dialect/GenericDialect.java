package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Any database that speaks standard SQL and whose driver describes it: no more is known of it.
 *
 * <p>Its open transactions cannot be seen, so it is read up to a lag behind its clock. It is asked for nothing but
 * {@code SELECT}s, in transactions that are rolled back; the driver's read-only flag stays as it is, for a pool would not
 * get it back as it was.
 */
final class GenericDialect implements Dialect {
    /** Rows that drivers fetch at a time, if they do as they are asked. */
    private static final int FETCH_ROWS = 200;

    /** A connection is needed to know how a database folds names; in lower case, all spellings of one are the same. */
    @Override
    public String identifier(String written) {
        GenericName name = GenericName.of(written);
        return name.isQuoted() ? name.text() : name.text().toLowerCase(Locale.ROOT);
    }

    /** By the standard's double quotes; {@link #describe} refuses a database that has others. */
    @Override
    public String quote(String identifier) {
        return GenericName.quote(identifier);
    }

    /** Without quotes a name is the same in every case; where several columns are meant then, the very same. */
    @Override
    public Optional<Column> column(Table table, String written) {
        GenericName name = GenericName.of(written);
        List<Column> alike = table.columns().stream()
                .filter(column -> name.matches(column.name()))
                .toList();
        return alike.size() == 1 ? Optional.of(alike.get(0)) : table.column(name.text());
    }

    @Override
    public void begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
    }

    /** By its product and name, not by its address: of two servers' databases of one name it cannot tell which is which. */
    @Override
    public String identity(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName() + "/"
                + Objects.requireNonNullElse(connection.getCatalog(), "");
    }

    @Override
    public Optional<Table> describe(Connection connection, String written) throws SQLException {
        return GenericCatalog.describe(connection, written);
    }

    @Override
    public List<Column> describeQuery(Connection connection, String sql) throws SQLException {
        return GenericCatalog.describeQuery(connection, sql);
    }

    @Override
    public String value(String reference, Column column) {
        return GenericTypes.value(reference, column);
    }

    @Override
    public String text(String reference, Column column) {
        return GenericTypes.text(reference, column);
    }

    @Override
    public String cast(String operand, Column column) {
        return GenericTypes.cast(operand, column);
    }

    @Override
    public Rows rows(Connection connection, Query query, List<Column> columns, TypePolicy policy, Losses losses)
            throws SQLException {
        List<ColumnReader> readers = columns.stream()
                .map(column -> GenericTypes.reader(column, policy, losses))
                .toList();
        return JdbcRows.run(connection, query.toString(), query, readers, FETCH_ROWS);
    }

    @Override
    public String unwritten(String json, Column column) {
        return GenericTypes.unwritten(json, column);
    }

    @Override
    public boolean isTime(Column column) {
        return GenericTypes.isTime(column);
    }

    @Override
    public boolean isOrdered(Column column) {
        return GenericTypes.isOrdered(column);
    }

    @Override
    public String isDeleted(String reference, Column column) {
        return GenericTypes.isDeleted(reference, column);
    }

    @Override
    public boolean comparesRows() {
        return false;
    }

    /** By SQL:2008; {@code LIMIT} is in no standard. */
    @Override
    public String limit(int rows) {
        return "FETCH FIRST " + rows + " ROWS ONLY";
    }

    @Override
    public Activity activity(Connection connection) throws SQLException {
        return GenericTimes.activity(connection);
    }

    @Override
    public String bound(Connection connection, Column column, @Nullable ZoneId zone, Instant time) throws SQLException {
        return GenericTimes.bound(connection, column, zone, time);
    }

    @Override
    public boolean isTransient(SQLException problem) {
        String state = Objects.requireNonNullElse(problem.getSQLState(), "");
        return problem instanceof SQLTransientException
                || problem instanceof SQLRecoverableException
                || state.startsWith("08")
                || state.startsWith("40");
    }
}
