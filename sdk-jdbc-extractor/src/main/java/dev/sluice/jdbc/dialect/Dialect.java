package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What differs between databases.
 *
 * <p>Every value travels as the database's own text: the select list asks for it, cursors keep it, comparisons cast it
 * back. No driver gets to interpret it. Implementations have no state and are used by several threads.
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

    /** A select expression whose result, read as a string, is the column's text. */
    String text(String reference, Column column);

    /** An expression with one placeholder that takes a text back to the column's type. */
    String cast(Column column);

    /** How the column's texts become JSON. */
    ValueWriter writer(Column column);

    /**
     * The text of a value that {@link #writer} wrote: what the database takes back.
     *
     * @param json a JSON string's characters, or another JSON scalar as it stands
     * @throws SourceException if the column's values are not told apart by one such value, as arrays
     */
    String unwritten(String json, Column column);

    /** Whether a horizon can be taken for this column as a watermark. */
    boolean isTime(Column column);

    /** An expression that is true for rows marked as deleted by the column. */
    String isDeleted(String reference, Column column);

    /**
     * Takes the horizon: call it before the first page's statement, in a transaction of {@link #begin}.
     *
     * @param zone the zone of the times in a watermark column without one; null for UTC, if the server's is UTC
     * @param lag what to fall back on where other transactions cannot be seen: how long the longest of them may last
     * @param previous the {@link Horizon#time()} of the pass before, if there was one
     * @throws SourceException if they cannot be seen and there is no lag, or the zone is not to be guessed
     */
    Horizon horizon(
            Connection connection,
            Column watermark,
            @Nullable ZoneId zone,
            @Nullable Duration lag,
            @Nullable String previous)
            throws SQLException;
}
