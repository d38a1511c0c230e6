package dev.sluice.jdbc;

/** Hears of a sync's progress, on the thread that syncs; what it throws is logged and changes nothing. */
public interface SyncListener {
    /**
     * A table is about to be read.
     *
     * @param expectedRows about how many rows are to come; -1 if there is no telling
     */
    default void tableStarted(String source, String destination, long expectedRows) {}

    /** A page is settled and its cursor saved; {@code rows} counts the table's rows in this pass so far. */
    default void pageSettled(String source, String destination, long rows) {}

    /** A table has come to its end, good or bad. */
    default void tableEnded(SyncReport.TableReport report) {}
}
