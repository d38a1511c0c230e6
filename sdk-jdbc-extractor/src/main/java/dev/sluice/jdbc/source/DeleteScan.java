package dev.sluice.jdbc.source;

import java.time.Duration;

/**
 * How rows that were deleted from a table are found: by reading all of its keys from time to time, and comparing them
 * with those that were sent.
 *
 * <p>It reads the whole index of the key each time. The keys that were sent are kept beside the checkpoint, compressed;
 * of them at most 20,000 are in memory at a time. A row that is inserted, sent and deleted between two scans is found
 * as well; one that is deleted and inserted again under its key is not, for it is there.
 *
 * @param every how long after a scan the next one is due; a pass that ends later than that makes it. Zero for each pass
 * @param emptyAllowed whether a table without a single row is believed to have been emptied. If not, it is an error,
 *     for it may be one that is being filled anew, or another database than it was
 */
public record DeleteScan(Duration every, boolean emptyAllowed) {
    public DeleteScan {
        if (every.isNegative()) {
            throw new IllegalArgumentException(
                    "the time between two delete scans must not be negative, found " + every);
        }
    }

    /** Scans when a time has passed since the last one, and refuses an empty table. */
    public static DeleteScan every(Duration every) {
        return new DeleteScan(every, false);
    }

    /** The same, for a table that may be emptied. */
    public DeleteScan allowEmpty() {
        return new DeleteScan(every, true);
    }
}
