package dev.sluice.jdbc.checkpoint;

import java.time.Instant;
import java.util.List;
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
 * @param horizon the bound below which the last pass read: a UTC time as the database writes it
 * @param sequence the last {@code _cdc_seq} that was given to a row
 * @param rows rows settled since the epoch began
 * @param pending ranges that have been sent, or were about to be, without a receipt
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
        List<PendingRange> pending) {

    public Checkpoint {
        pending = List.copyOf(pending);
    }

    /** The checkpoint of a table that has never been read. */
    public static Checkpoint start(String source, String destination, Fingerprint fingerprint) {
        long epoch = Instant.now().getEpochSecond();
        return new Checkpoint(source, destination, fingerprint, epoch, false, null, null, 0, 0, List.of());
    }

    /** To be saved before the first byte of the range leaves. */
    public Checkpoint sending(PendingRange range) {
        long last = range.sequence() + range.rows() - 1;
        return new Checkpoint(
                source,
                destination,
                fingerprint,
                epoch,
                loaded,
                cursor,
                horizon,
                Math.max(sequence, last),
                rows,
                List.of(range));
    }

    /** To be saved when every row of the pending range is settled. */
    public Checkpoint settled(PendingRange range) {
        return new Checkpoint(
                source,
                destination,
                fingerprint,
                epoch,
                loaded,
                range.to(),
                horizon,
                sequence,
                rows + range.rows(),
                List.of());
    }

    /** To be saved when there is nothing left to send in the pending range. */
    public Checkpoint skipped(PendingRange range) {
        return new Checkpoint(
                source, destination, fingerprint, epoch, loaded, range.to(), horizon, sequence, rows, List.of());
    }

    /** To be saved when a pass has read everything below {@code bound}. */
    public Checkpoint passed(String bound) {
        return new Checkpoint(source, destination, fingerprint, epoch, true, cursor, bound, sequence, rows, pending);
    }

    /** To be saved before rows leave that were given numbers of the sequence, up to {@code last}, outside of a range. */
    public Checkpoint numbered(long last) {
        return new Checkpoint(
                source,
                destination,
                fingerprint,
                epoch,
                loaded,
                cursor,
                horizon,
                Math.max(sequence, last),
                rows,
                pending);
    }

    /** The same with another fingerprint. */
    public Checkpoint identified(Fingerprint now) {
        return new Checkpoint(source, destination, now, epoch, loaded, cursor, horizon, sequence, rows, pending);
    }

    /**
     * The table from its beginning, in a new epoch: every row is sent again under new ids. The sequence goes on, so the
     * rows sent again are the newer ones.
     */
    public Checkpoint reset() {
        return new Checkpoint(source, destination, null, epoch + 1, false, null, null, sequence, 0, List.of());
    }
}
