package dev.sluice;

import java.time.Duration;

/** Lets rows into memory: at once if there is room, after a wait if there will be. */
final class Admission {
    private final Books books;
    private final Dispatcher dispatcher;
    private final Closing closing;

    Admission(Books books, Dispatcher dispatcher, Closing closing) {
        this.books = books;
        this.dispatcher = dispatcher;
        this.closing = closing;
    }

    /**
     * Lets the rows in.
     *
     * @throws BufferFullException if there is no room in time, or the thread was interrupted; its flag is kept
     * @throws ClosedException if the client was closed
     */
    void admit(Books.Account account, int rows, long cost, Duration patience) {
        closing.checkOpen();
        if (!books.admit(account, rows, cost) && !await(account, rows, cost, patience)) {
            closing.checkOpen();
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
