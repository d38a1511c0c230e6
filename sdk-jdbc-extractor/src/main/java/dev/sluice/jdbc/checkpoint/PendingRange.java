package dev.sluice.jdbc.checkpoint;

import dev.sluice.batch.BatchId;
import org.jspecify.annotations.Nullable;

/**
 * Rows that may have been sent without their receipt having come back: what a restart reads again, exactly, and sends
 * under the same id.
 *
 * @param phase which part of a pass read it
 * @param from the place behind which the range begins; null for the beginning of the table
 * @param to the place of its last row
 * @param bound what the watermarks of its rows are below, beside lying in the range; null for nothing
 * @param rows how many rows it had
 * @param batch the id it is sent under
 * @param sequence the {@code _cdc_seq} of its first row
 * @param stamp the {@code _cdc_ts} of its rows
 */
public record PendingRange(
        Phase phase,
        @Nullable Cursor from,
        Cursor to,
        @Nullable String bound,
        int rows,
        String batch,
        long sequence,
        String stamp) {
    /** The same rows, in a range that ends at another place. */
    public PendingRange upTo(Cursor end) {
        return new PendingRange(phase, from, end, bound, rows, batch, sequence, stamp);
    }

    /** What is behind a place in it, which has not been sent as a batch of its own. */
    public PendingRange behind(Cursor place) {
        String unsent = BatchId.derived(batch, "behind", String.join("\n", place.values()))
                .value();
        return new PendingRange(phase, place, to, bound, 0, unsent, sequence, stamp);
    }

    /** A part of a pass. */
    public enum Phase {
        /** The whole table for the first time, in the order of its keys. */
        LOAD,
        /** The whole table once more, in the order of its keys. */
        SNAPSHOT,
        /** The whole table in the order of its watermark, as a first pass that an older version began goes on. */
        FIRST,
        /** What changed since. */
        CHANGES,
        /** What was read before and may have changed under an old time. */
        LOOK_BACK,
        /** Rows whose time lies in the future. */
        FUTURE;

        /** Whether its rows are new to the lake. */
        public boolean isInitial() {
            return this == LOAD || this == FIRST;
        }

        /** Whether it goes by the order of the keys; all others go by that of the watermark. */
        public boolean isByKey() {
            return this == LOAD || this == SNAPSHOT;
        }

        /** Whether the table's cursor moves behind a range of it. */
        public boolean movesCursor() {
            return this == FIRST || this == CHANGES;
        }
    }
}
