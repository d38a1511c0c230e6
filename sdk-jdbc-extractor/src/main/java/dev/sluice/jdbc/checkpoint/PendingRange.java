package dev.sluice.jdbc.checkpoint;

import org.jspecify.annotations.Nullable;

/**
 * Rows that may have been sent without their receipt having come back: what a restart reads again, exactly, and sends
 * under the same id.
 *
 * @param from the place behind which the range begins; null for the beginning of the table
 * @param to the place of its last row
 * @param rows how many rows it had
 * @param batch the id it is sent under
 * @param sequence the {@code _cdc_seq} of its first row
 * @param stamp the {@code _cdc_ts} of its rows
 * @param initial whether it was read by the initial load
 */
public record PendingRange(
        @Nullable Cursor from, Cursor to, int rows, String batch, long sequence, String stamp, boolean initial) {}
