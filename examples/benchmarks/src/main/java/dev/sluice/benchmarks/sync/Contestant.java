package dev.sluice.benchmarks.sync;

import java.util.function.LongConsumer;

/** One way to carry a table, or only to read it. */
@FunctionalInterface
interface Contestant {
    /**
     * Opens a connection, goes through the table, and returns when all is done and closed.
     *
     * @param settled is told how many rows are done, now and then; it may throw
     */
    void run(Job job, LongConsumer settled) throws Exception;
}
