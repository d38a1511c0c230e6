package dev.sluice.jdbc.checkpoint;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far the sync of one table into one destination has come.
 *
 * <p>Every row up to the cursor is settled. Rows of the pending ranges may have arrived or not.
 *
 * @param source the table that is read, as the database names it
 * @param destination the table that is written
 * @param fingerprint what the cursor is valid for; null after a reset, until the next sync
 * @param epoch raised by each new beginning, so that its batches are not taken for repetitions; it begins with the
 *     clock's seconds, for a checkpoint that was lost is a new beginning too
 * @param loaded whether the initial load has been finished
 * @param cursor the last settled place; null for the beginning of the table
 * @param horizon the bound below which the last pass read, or the first one is about to: a UTC time in ISO 8601
 * @param sequence the last {@code _cdc_seq} that was given to a row
 * @param rows rows settled since the epoch began
 * @param pending ranges that have been sent, or were about to be, without a receipt
 * @param load the load that is under way; null if none is
 * @param marks of a watermark that is no time, the values that were reached and when, oldest first
 * @param overtaken what was read without waiting for its transactions; null for nothing
 * @param prepared prepared transactions that are known to be open, by name and time of preparation, each with a UTC time
 *     before its beginning
 * @param recent rows that were sent and will be read again, by digests of their keys, each with a digest of what was
 *     sent; behind it {@code ahead} while its time lies in the future, or {@code until} and when that is over
 * @param columns the columns that were sent last, each with its type; empty before the first pass
 * @param scanned when the keys were last compared to find deleted rows: a UTC time in ISO 8601; null for never
 */
public record Checkpoint(
        String source,
        String destination,
        @Nullable Fingerprint fingerprint,
        long epoch,
        boolean loaded,
        @Nullable Cursor cursor,
        @Nullable String horizon,
        long sequence,
        long rows,
        List<PendingRange> pending,
        @Nullable Load load,
        List<Mark> marks,
        @Nullable Overtaken overtaken,
        Map<String, String> prepared,
        Map<String, String> recent,
        List<String> columns,
        @Nullable String scanned) {

    public Checkpoint {
        pending = List.copyOf(pending);
        marks = List.copyOf(marks);
        prepared = Map.copyOf(prepared);
        recent = Map.copyOf(recent);
        columns = List.copyOf(columns);
    }

    /** The checkpoint of a table that has never been read. */
    public static Checkpoint start(String source, String destination, @Nullable Fingerprint fingerprint) {
        return new CheckpointBuilder(source, destination, Instant.now().getEpochSecond())
                .fingerprint(fingerprint)
                .build();
    }

    /** To be saved before the first byte of the range leaves. */
    public Checkpoint sending(PendingRange range) {
        return change().sequence(range.sequence() + range.rows() - 1)
                .pending(range)
                .build();
    }

    /** To be saved when every row of the pending range is settled. */
    public Checkpoint settled(PendingRange range) {
        return skipped(range).change().rows(rows + range.rows()).build();
    }

    /** To be saved when there is nothing left to send in the pending range. */
    public Checkpoint skipped(PendingRange range) {
        CheckpointBuilder next = change().settled(range.batch());
        return (range.phase().movesCursor() ? next.cursor(range.to()) : next).build();
    }

    /** To be saved when a pass has read everything below the horizon. */
    public Checkpoint passed(Instant horizon) {
        return change().loaded(true).horizon(horizon.toString()).build();
    }

    /** To be saved before rows leave that were given numbers of the sequence, up to {@code last}, outside of a range. */
    public Checkpoint numbered(long last) {
        return change().sequence(last).build();
    }

    /** The same with another fingerprint. */
    public Checkpoint identified(Fingerprint now) {
        return change().fingerprint(now).build();
    }

    /**
     * The table from its beginning, in a new epoch: every row is sent again under new ids. The sequence goes on, so the
     * rows sent again are the newer ones.
     *
     * <p>What is kept beside the checkpoint stays, and stays true: the keys that were sent are still in the lake, so rows
     * that were deleted before the reset, or are while the table is read anew, are told to the lake by the next scan,
     * which is due at once. After a reset because
     * of another key, those of the old one are forgotten, and rows that were deleted since the last scan are not found.
     */
    public Checkpoint reset() {
        return new CheckpointBuilder(source, destination, epoch + 1)
                .sequence(sequence)
                .build();
    }

    /**
     * The table set back to a place, in a new epoch: every row behind the place is sent again under new ids. The sequence
     * goes on, so the rows sent again are the newer ones.
     *
     * <p>No row is lost if the place does not lie behind the cursor, which only the database can tell. Pending ranges of
     * changes are dropped, for they lie behind the cursor and so behind the place; others may lie before it, and stay,
     * as do stretches that are to be read again and what is known of prepared transactions. What would keep rows from
     * being sent twice is forgotten, and so is what the database may not agree with any more after it was restored: the
     * horizon and the marks, which the next pass takes anew.
     *
     * @param place with a watermark alone, for the place before every key of it
     * @throws IllegalStateException if the table has no cursor yet or is being loaded, so that there is no way back
     */
    public Checkpoint rewound(@Nullable Cursor place) {
        if (cursor == null || load != null) {
            throw new IllegalStateException(
                    "a table that is not loaded yet cannot be set back: " + source + " -> " + destination);
        }
        List<PendingRange> kept =
                pending.stream().filter(range -> !range.phase().movesCursor()).toList();
        return change().nextEpoch()
                .cursor(place)
                .horizon(null)
                .rows(0)
                .onlyPending(kept)
                .marks(List.of())
                .recent(Map.of())
                .build();
    }

    /** The same, to be changed in some of its parts. */
    public CheckpointBuilder change() {
        return new CheckpointBuilder(this);
    }
}
