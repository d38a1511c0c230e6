package dev.sluice;

import dev.sluice.batch.Batch;

/**
 * Rows that are neither delivered nor with the dead letters, and for which nothing more is tried: keep them, or push
 * the batch again with {@link StreamClient#push(Batch)}, which sends it under its own id.
 *
 * @param batch the rows, where they were going, and the id they were sent under
 * @param cause why, and by its type whether sending them again can repeat rows
 */
public record Held(Batch batch, PushException cause) {}
