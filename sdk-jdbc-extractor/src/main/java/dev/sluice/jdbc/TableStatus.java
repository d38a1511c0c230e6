package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Cursor;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How one table of an extractor is doing, at one moment.
 *
 * @param source the table as the plan names it
 * @param destination the lake's table
 * @param state what it does now
 * @param rows rows settled since the extractor was made
 * @param passRows of those the ones of the running pass, or of the last one if none runs
 * @param errors passes that failed
 * @param lag the age of the last complete picture: the time since the horizon below which the last complete pass read
 *     everything, by the database's clock. Grows between passes, and while they fail. Null until the database has told
 *     its time and a pass was complete, be it one of an earlier process
 * @param cursor how far the table was settled when its last pass ended; null for its beginning, or before a pass
 * @param error why the last pass failed; null if it did not
 * @param lastSuccess when a pass was last complete, by this machine's clock; null for never
 * @param nextPass when the next one is due, by this machine's clock; null if one runs or none is planned
 */
public record TableStatus(
        String source,
        String destination,
        State state,
        long rows,
        long passRows,
        long errors,
        @Nullable Duration lag,
        @Nullable Cursor cursor,
        @Nullable String error,
        @Nullable Instant lastSuccess,
        @Nullable Instant nextPass) {
    /** What a table does. */
    public enum State {
        /** It has no pass now: it waits for its time, for its turn, or for somebody to sync it. */
        WAITING,
        /** A pass runs. */
        SYNCING,
        /** Its last pass failed, and it waits for the next one. */
        FAILED
    }
}
