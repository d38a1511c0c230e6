package dev.sluice;

import java.util.List;

/**
 * What became of all rows by the time a client or a writer was closed.
 *
 * @param ledger the account; nothing is pending any more but what a spool keeps
 * @param held the rows that were not delivered, for the caller to keep: those of writers, and of pushes that nobody
 *     waited for. A push that someone waits for tells its caller in an exception instead.
 */
public record CloseReport(Ledger ledger, List<Held> held) {
    public CloseReport {
        held = List.copyOf(held);
    }

    /** Whether nothing is left for the caller to do. */
    public boolean isClean() {
        return held.isEmpty();
    }

    /** The rows that the client's spool keeps for the next one: what is pending at the end is there. */
    public long spooledRows() {
        return ledger.pending();
    }

    /** The number of rows in {@link #held}. */
    public long heldRows() {
        return held.stream().mapToLong(one -> one.batch().rows()).sum();
    }
}
