package dev.sluice.jdbc.source;

import dev.sluice.batch.BatchPolicy;
import org.jspecify.annotations.Nullable;

/**
 * How pages are read.
 *
 * @param stamps what is written on their rows
 * @param epoch goes into the batches' ids
 * @param limits where a page ends
 * @param extent where the transaction ends that reads them
 * @param known which rows are left out; null to take all and not to ask
 */
public record Reading(
        Stamps stamps,
        long epoch,
        BatchPolicy limits,
        Extent extent,
        @Nullable Known known) {

    /**
     * How much is read in one transaction, and is in memory at a time.
     *
     * @param rows at most; 0 for no limit
     * @param bytes of JSON, with which a page ends that is the last one
     */
    public record Extent(int rows, long bytes) {}
}
