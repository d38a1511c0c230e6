package dev.sluice.jdbc.dialect;

import dev.sluice.row.JsonWriter;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one query, one after the other; to be closed before its connection is used for anything else.
 *
 * <p>Columns are counted from 0.
 */
public interface Rows extends AutoCloseable {
    /** Goes to the next row; false behind the last one. */
    boolean next() throws SQLException;

    /** Writes the present row's value as JSON, NULL as null. Only for the columns that were asked for as values. */
    void write(int column, JsonWriter out) throws SQLException;

    /** The present row's value as the database's own text; null if it is NULL. */
    @Nullable
    String text(int column) throws SQLException;

    /**
     * Keeps the texts of the present row's columns given, until it is called again: cheaper for many rows than {@link
     * #text} is, if they are asked for of few.
     *
     * @return which of the columns is NULL, counted from 0 in the order given; -1 if none is
     */
    int keep(int[] columns) throws SQLException;

    /** The text of one of the columns that were kept, counted from 0 in the order in which they were given. */
    String kept(int index);

    /** Ends the query, also in its midst. */
    @Override
    void close() throws SQLException;
}
