package dev.sluice.jdbc.source;

import dev.sluice.batch.BatchPolicy;

/**
 * How a page is read.
 *
 * @param stamps what is written on its rows
 * @param epoch goes into the batch's id
 * @param limits where it ends
 */
public record Reading(Stamps stamps, long epoch, BatchPolicy limits) {}
