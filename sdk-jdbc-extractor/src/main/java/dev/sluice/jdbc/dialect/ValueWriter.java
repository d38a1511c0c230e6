package dev.sluice.jdbc.dialect;

import dev.sluice.row.JsonWriter;

/** Turns the text of one column's values into JSON; a pure function, made once for each column. */
@FunctionalInterface
interface ValueWriter {
    /** Writes a value that is not NULL. */
    void write(String text, JsonWriter out);
}
