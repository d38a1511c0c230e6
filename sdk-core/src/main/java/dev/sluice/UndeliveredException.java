package dev.sluice;

import dev.sluice.row.SluiceException;

/**
 * A client or writer was closed by {@code close()} and rows were left that could not be delivered in time. The
 * {@link #report()} has them: {@code close(Duration)} returns it instead of throwing.
 */
public final class UndeliveredException extends SluiceException {
    private static final long serialVersionUID = 1L;

    private final transient CloseReport report;

    UndeliveredException(CloseReport report) {
        super(
                report.heldRows() + (report.heldRows() == 1 ? " row" : " rows") + " in "
                        + report.held().size()
                        + (report.held().size() == 1 ? " batch" : " batches")
                        + " not delivered before the end. Keep report().held(), or call close(Duration),"
                        + " which returns them. The first reason: "
                        + report.held().get(0).cause().getMessage(),
                report.held().get(0).cause());
        this.report = report;
    }

    /** The account, and the rows that are left. */
    public CloseReport report() {
        return report;
    }

    /** Nothing if all is well. */
    static void throwIfLeft(CloseReport report) {
        if (!report.isClean()) {
            throw new UndeliveredException(report);
        }
    }
}
