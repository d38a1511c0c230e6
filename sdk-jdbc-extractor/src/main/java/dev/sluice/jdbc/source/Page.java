package dev.sluice.jdbc.source;

import dev.sluice.batch.Batch;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.PendingRange;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows that were read in one transaction, which has ended.
 *
 * @param batch the rows, encoded, under an id that follows from them; null if none of them is to be sent
 * @param range where they stand in the table; its rows are those of the batch
 * @param last whether nothing more was there to read
 * @param leftOut how many rows the plan's transform left out
 * @param keys those of the batch, as the database writes them in JSON; empty if the plan does not look for deletes
 * @param digests of all rows that were read, by their keys, as {@link Known} takes them; empty if it was not asked
 */
public record Page(
        @Nullable Batch batch,
        PendingRange range,
        boolean last,
        int leftOut,
        List<String> keys,
        Map<String, String> digests) {
    public Page {
        keys = List.copyOf(keys);
        digests = Map.copyOf(digests);
    }

    /** The same rows as those of a range that ends at another place, behind which there may be none. */
    public Page upTo(Cursor end) {
        return new Page(batch, range.upTo(end), last, leftOut, keys, digests);
    }
}
