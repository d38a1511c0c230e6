package dev.sluice.jdbc.dialect;

import dev.sluice.row.JsonWriter;

/** What becomes of one column's {@code infinity} and {@code -infinity}. */
record InfiniteTimes(Column column, TypePolicy.Odd policy, Losses losses) {
    void write(String text, JsonWriter out) {
        switch (policy) {
            case TEXT -> out.string(text);
            case NULL -> {
                losses.count(column.name());
                out.nullValue();
            }
            case FAIL ->
                throw new SourceException("the column " + column.name()
                        + " holds an infinite time, which the type policy (infiniteTimes) refuses: correct the row, or"
                        + " have it sent as text or null");
        }
    }
}
