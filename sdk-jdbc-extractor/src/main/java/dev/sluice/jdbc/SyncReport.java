package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.dialect.Finding;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one pass over all tables did.
 *
 * @param tables one entry for each table that was begun, in the order of the plans
 * @param stopped whether the pass was ended before every table had been begun and finished
 */
public record SyncReport(List<TableReport> tables, boolean stopped) {

    /**
     * What one pass did with one table.
     *
     * @param source the table as the database names it, or as the plan does if it was not found
     * @param destination the lake's table
     * @param rows rows settled by this pass: written, with the dead letters, or in the client's spool
     * @param dead those of them that are with the dead letters; with a spool that is not known here, and 0
     * @param pages pages pushed
     * @param heldBack rows that were too young to be read safely, counted up to 10,000: a pass later than their time
     *     reads them
     * @param inFuture rows whose time lies more than a minute in the future: they are sent, once, and the cursor does not
     *     move to them
     * @param cursor how far the table is settled; null for its beginning
     * @param complete whether everything below the pass's bound was read and settled
     * @param error why not; null if it was, or if the pass was stopped
     * @param findings what the table's owner should know
     */
    public record TableReport(
            String source,
            String destination,
            long rows,
            long dead,
            int pages,
            int heldBack,
            int inFuture,
            @Nullable Cursor cursor,
            boolean complete,
            @Nullable RuntimeException error,
            List<Finding> findings) {
        public TableReport {
            findings = List.copyOf(findings);
        }

        /** Both together: this one ended early, and the next went on from there. */
        TableReport followedBy(TableReport next) {
            List<Finding> both = new ArrayList<>(findings);
            both.addAll(next.findings);
            return new TableReport(
                    next.source,
                    destination,
                    rows + next.rows,
                    dead + next.dead,
                    pages + next.pages,
                    next.heldBack,
                    next.inFuture,
                    next.cursor == null ? cursor : next.cursor,
                    next.complete,
                    next.error,
                    both);
        }
    }

    public SyncReport {
        tables = List.copyOf(tables);
    }

    /** Rows settled over all tables. */
    public long rows() {
        return tables.stream().mapToLong(TableReport::rows).sum();
    }

    /** Rows with the dead letters over all tables. */
    public long dead() {
        return tables.stream().mapToLong(TableReport::dead).sum();
    }

    /** Whether every table was read to its bound and every row was written. */
    public boolean isClean() {
        return !stopped && dead() == 0 && tables.stream().allMatch(TableReport::complete);
    }
}
