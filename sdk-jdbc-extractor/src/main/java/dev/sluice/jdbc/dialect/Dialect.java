package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
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

    /** MySQL 5.7 and later, MariaDB 10.4 and later, with tables of InnoDB. */
    static Dialect mysql() {
        return new MySqlDialect();
    }

    /**
     * Any database that speaks standard SQL, through what its JDBC driver tells; proven on H2 and DuckDB.
     *
     * <p>Its open transactions cannot be seen: a sync needs a horizon lag. A row that is committed later than that after
     * its time, or after its number was given out, is missed. A watermark that is a time without a zone needs a
     * {@code watermarkZone}. What is asked for: names in double quotes, {@code FETCH FIRST n ROWS ONLY}, a
     * {@code CURRENT_TIMESTAMP} with a zone, and ISO 8601 as the text of times; what differs in one of the last two is
     * refused.
     */
    static Dialect generic() {
        return new GenericDialect();
    }

    /**
     * The dialect of the database behind a connection, as its driver names it; {@link #generic} for a product that is
     * not known.
     *
     * @throws SourceException if none fits it
     */
    static Dialect detect(Connection connection) throws SQLException {
        return Detection.dialect(connection);
    }

    /** A name as it stands in SQL: folded unless it is quoted, then without its quotes. */
    String identifier(String written);

    /** A stored name, quoted for SQL. */
    String quote(String identifier);

    /** Begins the transaction of one page, read-only, with every setting that texts depend on, for its length only. */
    void begin(Connection connection) throws SQLException;

    /**
     * Has the server end what lasts too long in a transaction of {@link #begin}, for its length only: a statement, and an
     * idle time between two. Does nothing unless a dialect knows how to; what the server does not end is ended when
     * its answer has not come 30 s later.
     */
    default void limitTime(Connection connection, Duration atMost) throws SQLException {}

    /**
     * Undoes what {@link #begin} left behind for a pool's next user; called when the transaction has ended, also when
     * {@code begin} failed in its midst.
     */
    default void end(Connection connection) throws SQLException {}

    /** An identity that no other database has, as far as this one tells. */
    String identity(Connection connection) throws SQLException;

    /**
     * Describes a table or view; empty if there is none, or none this user may know of.
     *
     * @param written the name as it stands in SQL, such as {@code public."Odd Name"}
     */
    Optional<Table> describe(Connection connection, String written) throws SQLException;

    /**
     * The table's column of a name.
     *
     * @param written the name as it stands in SQL
     */
    default Optional<Column> column(Table table, String written) {
        return table.column(identifier(written));
    }

    /**
     * Describes the columns of a query, a {@code SELECT} of the user's own, without running it.
     *
     * @throws SourceException if it is none
     */
    List<Column> describeQuery(Connection connection, String sql) throws SQLException;

    /** A select expression for a value that {@link #rows} writes as JSON. */
    String value(String reference, Column column);

    /**
     * The JSON that {@link #rows} writes for a column, in a word or two such as {@code number} or
     * {@code array of string}; empty if there is no telling.
     */
    default String encoding(Column column, TypePolicy policy) {
        return "";
    }

    /** A select expression whose result, read as a string, is the column's text at full precision. */
    String text(String reference, Column column);

    /** An expression that takes {@code operand}, a text, back to the column's type. */
    String cast(String operand, Column column);

    /**
     * Runs a query.
     *
     * @param columns those of the first expressions of the select list, each as {@link #value} or {@link #text} says; what
     *     follows is texts. Of a query with none all may be texts and numbers
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

    /** What a table's catalogue entry says beside its columns; a dialect may know more than the driver does. */
    default Structure structure(Connection connection, Table table) throws SQLException {
        return JdbcStructure.of(connection, table);
    }

    /** Whether the server only repeats what another one writes, whose transactions are not to be seen here. */
    default boolean isReplica(Connection connection) throws SQLException {
        return false;
    }

    /** Whether the user may not do what was tried: by SQL's own code for it, unless a dialect has others. */
    default boolean isDenied(SQLException problem) {
        return "42501".equals(problem.getSQLState());
    }

    /** Whether trying the same again may do: the connection was lost, two transactions were in each other's way. */
    boolean isTransient(SQLException problem);
}
