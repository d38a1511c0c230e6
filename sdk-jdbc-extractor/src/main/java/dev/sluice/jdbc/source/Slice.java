package dev.sluice.jdbc.source;

import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import org.jspecify.annotations.Nullable;

/**
 * A part of a table's rows.
 *
 * @param phase what they are read for, and so in which order
 * @param from the place behind which it begins; null for the table's beginning
 * @param to its last place; null for the table's end
 * @param bound what the watermarks of its rows lie below; null for no bound
 */
public record Slice(
        Phase phase,
        @Nullable Cursor from,
        @Nullable Cursor to,
        @Nullable String bound) {
    /** The rows of a range that was read before. */
    public static Slice of(PendingRange range) {
        return new Slice(range.phase(), range.from(), range.to(), range.bound());
    }

    /** What is left of it behind a place. */
    public Slice behind(Cursor place) {
        return new Slice(phase, place, to, bound);
    }
}
