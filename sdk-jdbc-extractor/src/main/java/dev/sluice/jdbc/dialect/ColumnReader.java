package dev.sluice.jdbc.dialect;

import dev.sluice.row.JsonWriter;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Takes one column's value out of a JDBC result and writes it as JSON, NULL as null. */
@FunctionalInterface
interface ColumnReader {
    /**
     * Writes the present row's value.
     *
     * @param index counted from 1, as JDBC does
     */
    void write(ResultSet row, int index, JsonWriter out) throws SQLException;

    /** Reads a text. */
    static ColumnReader ofText(ValueWriter writer) {
        return (row, index, out) -> {
            String text = row.getString(index);
            if (text == null) {
                out.nullValue();
            } else {
                writer.write(text, out);
            }
        };
    }

    /** Reads bytes. */
    static ColumnReader ofBytes(ValueWriter writer) {
        return (row, index, out) -> {
            byte[] bytes = row.getBytes(index);
            if (bytes == null) {
                out.nullValue();
            } else {
                writer.write(bytes, 0, bytes.length, out);
            }
        };
    }
}
