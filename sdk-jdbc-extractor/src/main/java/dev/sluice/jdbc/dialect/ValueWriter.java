package dev.sluice.jdbc.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.row.JsonWriter;

/** Turns the text of one column's values into JSON; made for each result, and used by one thread. */
@FunctionalInterface
interface ValueWriter {
    /** Writes a value that is not NULL. */
    void write(String text, JsonWriter out);

    /** Writes a value whose text is the UTF-8 bytes from {@code from} up to {@code to}. */
    default void write(byte[] utf8, int from, int to, JsonWriter out) {
        write(new String(utf8, from, to - from, UTF_8), out);
    }

    /** One that works on bytes and needs no String made of them. */
    interface OfBytes extends ValueWriter {
        @Override
        void write(byte[] utf8, int from, int to, JsonWriter out);

        @Override
        default void write(String text, JsonWriter out) {
            byte[] utf8 = text.getBytes(UTF_8);
            write(utf8, 0, utf8.length, out);
        }
    }
}
