package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What differs between databases.
 *
 * <p>A row's place is kept as the database's own text: the select list asks for it, cursors keep it, comparisons cast
 * it back. No driver gets to interpret it, and only the database compares. Implementations have no state and are used by
 * several threads.
 */
public interface Dialect {
    /** PostgreSQL 12 and later. */
    static Dialect postgresql() {
        return new PostgresDialect();
    }

    /** A name as it stands in SQL: folded unless it is quoted, then without its quotes. */
    String identifier(String written);

    /** A stored name, quoted for SQL. */
    String quote(String identifier);

    /** Begins the transaction of one page, read-only, with every setting that texts depend on, for its length only. */
    void begin(Connection connection) throws SQLException;

    /** An identity that no other database has, as far as this one tells. */
    String identity(Connection connection) throws SQLException;

    /**
     * Describes a table or view; empty if there is none, or none this user may know of.
     *
     * @param written the name as it stands in SQL, such as {@code public."Odd Name"}
     */
    Optional<Table> describe(Connection connection, String written) throws SQLException;

    /** Describes the columns of a query, a {@code SELECT} of the user's own. */
    List<Column> describeQuery(Connection connection, String sql) throws SQLException;

    /** A select expression for a value that {@link #rows} writes as JSON. */
    String value(String reference, Column column);

    /** A select expression whose result, read as a string, is the column's text at full precision. */
    String text(String reference, Column column);

    /** An expression that takes {@code operand}, a text, back to the column's type. */
    String cast(String operand, Column column);

    /**
     * Runs a query.
     *
     * @param columns those whose values are written: the first of the select list, each as {@link #value} says
     * @param policy what becomes of values that JSON has no place for
     * @param losses counts them
     */
    Rows rows(Connection connection, Query query, List<Column> columns, TypePolicy policy, Losses losses)
            throws SQLException;

    /**
     * The text of a value that {@link #rows} wrote: what the database takes back.
     *
     * @param json a JSON string's characters, or another JSON scalar as it stands
     * @throws SourceException if the column's values are not told apart by one such value, as arrays
     */
    String unwritten(String json, Column column);

    /** Whether the column holds times that {@link #bound} can be taken for. */
    boolean isTime(Column column);

    /** Whether the column's values have an order, and texts that survive the way there and back: a place may be one. */
    boolean isOrdered(Column column);

    /** An expression that is true for rows marked as deleted by the column. */
    String isDeleted(String reference, Column column);

    /** Whether comparisons of row values, {@code (a, b) > (x, y)}, go by an index; else they are spelt out. */
    boolean comparesRows();

    /** The clause at a query's end that keeps it to so many rows. */
    String limit(int rows);

    /** What is open now; in a transaction of {@link #begin} that has read nothing yet. */
    Activity activity(Connection connection) throws SQLException;

    /**
     * The text of a time in a column's own type, rounded down to its resolution: rows strictly below it are older.
     *
     * @param zone the zone of the times in a column without one; null for UTC, if the server's is UTC
     * @throws SourceException if the zone is not to be guessed
     */
    String bound(Connection connection, Column column, @Nullable ZoneId zone, Instant time) throws SQLException;

    /** Whether trying the same again may do: the connection was lost, two transactions were in each other's way. */
    boolean isTransient(SQLException problem);
}
