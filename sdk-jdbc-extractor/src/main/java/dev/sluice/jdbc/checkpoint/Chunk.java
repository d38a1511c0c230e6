package dev.sluice.jdbc.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * A part of a table that is loaded by itself, in the order of the keys.
 *
 * @param from the place behind which it begins; null for the table's beginning
 * @param to its last place; null for the table's end
 * @param cursor how far it is settled; null for its beginning
 * @param done whether it is loaded
 */
public record Chunk(
        @Nullable Cursor from,
        @Nullable Cursor to,
        @Nullable Cursor cursor,
        boolean done) {
    /** The same, settled up to a place. */
    public Chunk at(Cursor place) {
        return new Chunk(from, to, place, done);
    }

    /** The same, loaded. */
    public Chunk finished() {
        return new Chunk(from, to, cursor, true);
    }

    /** Where to read on. */
    public @Nullable Cursor next() {
        return cursor == null ? from : cursor;
    }
}
