package dev.sluice;

import dev.sluice.receipt.Receipt;
import java.util.List;

/**
 * Counts rows into a {@link Ledger}. Every count is kept by itself, so that the sum proves something.
 *
 * <p>Not safe for use by several threads.
 */
final class Tally {
    private long submitted;
    private long delivered;
    private long superseded;
    private long dead;
    private long held;
    private long pending;

    void submitted(long rows) {
        submitted += rows;
        pending += rows;
    }

    /** The rows were refused after all: they were never in. */
    void revoked(long rows) {
        submitted -= rows;
        pending -= rows;
    }

    void superseded(long rows) {
        superseded += rows;
        pending -= rows;
    }

    /** A batch of that many rows came to its end, in those parts. */
    void settled(int rows, List<Receipt.Part> parts) {
        pending -= rows;
        for (Receipt.Part part : parts) {
            delivered += part.delivered();
            dead += part.dead();
            held += part.undelivered();
        }
    }

    /** As {@link #settled}, of a batch whose other rows wait on. */
    void ended(List<Receipt.Part> parts) {
        for (Receipt.Part part : parts) {
            delivered += part.delivered();
            dead += part.dead();
            pending -= part.delivered() + part.dead();
        }
    }

    Ledger ledger() {
        return new Ledger(submitted, delivered, superseded, dead, held, pending);
    }
}
