package dev.sluice.jdbc.source;

import dev.sluice.batch.Batch;
import dev.sluice.jdbc.checkpoint.PendingRange;

/**
 * Rows that were read in one transaction, which has ended.
 *
 * @param batch the rows, encoded, under an id that follows from them
 * @param range where they stand in the table
 * @param last whether nothing more was there to read
 */
public record Page(Batch batch, PendingRange range, boolean last) {}
