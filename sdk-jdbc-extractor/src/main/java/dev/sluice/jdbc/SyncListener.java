package dev.sluice.jdbc;

import dev.sluice.jdbc.dialect.Finding;

/**
 * Hears of a sync's progress, on the threads that sync and those that push its pages; what it throws is logged and
 * changes nothing. It is called by several threads at once where several tables are synced at once, or a table is loaded
 * by several threads; otherwise by one after the other.
 */
public interface SyncListener {
    /**
     * A table is about to be read.
     *
     * @param expectedRows about how many rows are to come; -1 if there is no telling
     */
    default void tableStarted(String source, String destination, long expectedRows) {}

    /** A page is settled and its cursor saved; {@code rows} counts the table's rows in this pass so far. */
    default void pageSettled(String source, String destination, long rows) {}

    /** Something was found out about a table that its owner should know; its report has it too. */
    default void found(Finding finding) {}

    /** A table has come to its end, good or bad. */
    default void tableEnded(SyncReport.TableReport report) {}
}
