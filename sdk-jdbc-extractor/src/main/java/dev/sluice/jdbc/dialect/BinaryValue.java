package dev.sluice.jdbc.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.row.JsonWriter;

/**
 * Understands one column's values as a {@code COPY} in binary has them, which are not NULL and have the bytes from
 * {@code from} up to {@code to}; made for each result, and used by one thread.
 */
interface BinaryValue {
    /** How many bytes a value of any length has. */
    int ANY = -1;

    /** How many bytes each value has. */
    default int size() {
        return ANY;
    }

    /** Writes the same JSON as a {@link ValueWriter} makes of the value's text. */
    void write(byte[] row, int from, int to, JsonWriter out);

    /** What the type's output function would say. */
    String text(byte[] row, int from, int to);

    /** A text, in UTF-8. */
    record Text(ValueWriter writer) implements BinaryValue {
        @Override
        public void write(byte[] row, int from, int to, JsonWriter out) {
            writer.write(row, from, to, out);
        }

        @Override
        public String text(byte[] row, int from, int to) {
            return new String(row, from, to - from, UTF_8);
        }
    }
}
