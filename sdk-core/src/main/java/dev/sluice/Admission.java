package dev.sluice;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Lets rows into memory: at once if there is room, after a wait if there will be. */
final class Admission {
    private final Books books;
    private final Dispatcher dispatcher;
    private final Closing closing;
    private final @Nullable Depot depot;

    Admission(Books books, Dispatcher dispatcher, Closing closing, @Nullable Depot depot) {
        this.books = books;
        this.dispatcher = dispatcher;
        this.closing = closing;
        this.depot = depot;
    }

    /**
     * Lets the rows in.
     *
     * @throws dev.sluice.spool.SpoolException if there is no room in time because the spool fails
     * @throws BufferFullException if there is no room in time, or the thread was interrupted; its flag is kept
     * @throws ClosedException if the client was closed
     */
    void admit(Books.Account account, int rows, long cost, Duration patience) {
        closing.checkOpen();
        if (!books.admit(account, rows, cost) && !await(account, rows, cost, patience)) {
            closing.checkOpen();
            throwTrouble();
            throw new BufferFullException((Thread.currentThread().isInterrupted() ? "interrupted while waiting: " : "")
                    + "no room for " + rows + (rows == 1 ? " row" : " rows") + " with " + cost
                    + " bytes for " + account.table() + " within " + patience + ": " + books.usage(account)
                    + ", and the API is " + dispatcher.health() + ". For " + account.table() + ": "
                    + books.ledger(account.table())
                    + ". Write more slowly, take what is held, or raise maxMemory or maxBlock");
        }
        // Asked again, now that the rows count: whoever closes either sees them and waits, or is seen here.
        if (closing.isClosing()) {
            revoke(account, rows, cost);
            closing.checkOpen();
        }
    }

    /**
     * Waits while the spool fails, for no row could be made safe meanwhile.
     *
     * @param patience how long; null for not at all, and without an exception
     * @return whether there is no such trouble
     * @throws dev.sluice.spool.SpoolException if it fails still
     */
    boolean awaitSpool(@Nullable Duration patience) {
        if (depot == null || depot.trouble().isEmpty()) {
            return true;
        }
        if (patience != null) {
            boolean ignored = closing.ends(() -> depot.trouble().isEmpty() || closing.isClosing(), patience);
            closing.checkOpen();
            throwTrouble();
        }
        return depot.trouble().isEmpty();
    }

    private void throwTrouble() {
        if (depot != null) {
            depot.trouble().ifPresent(trouble -> {
                throw trouble;
            });
        }
    }

    /** What is wrong with the spool, as the end of a sentence; empty if nothing is. */
    String spoolTrouble() {
        return depot == null
                ? ""
                : depot.trouble()
                        .map(trouble -> ", and the spool fails: " + trouble.getMessage())
                        .orElse("");
    }

    /** Takes back what {@link #admit} did. */
    void revoke(Books.Account account, int rows, long cost) {
        books.revoke(account, rows, cost);
        dispatcher.tell();
    }

    private boolean await(Books.Account account, int rows, long cost, Duration patience) {
        boolean[] in = {false};
        try {
            dispatcher.crew().await(() -> closing.isClosing() || (in[0] = books.admit(account, rows, cost)), patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return in[0];
    }
}
