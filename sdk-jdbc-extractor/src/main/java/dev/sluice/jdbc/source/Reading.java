package dev.sluice.jdbc.source;

import dev.sluice.batch.BatchPolicy;
import org.jspecify.annotations.Nullable;

/**
 * How a page is read.
 *
 * @param stamps what is written on its rows
 * @param epoch goes into the batch's id
 * @param limits where it ends
 * @param known which rows are left out; null to take all and not to ask
 */
public record Reading(
        Stamps stamps,
        long epoch,
        BatchPolicy limits,
        @Nullable Known known) {}
