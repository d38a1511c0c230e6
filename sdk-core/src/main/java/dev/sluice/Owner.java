package dev.sluice;

import java.util.Optional;

/** Whoever handed batches in: says on what terms, and hears of their end. */
interface Owner {
    Terms terms();

    /** Where its rows are counted. */
    Books.Account account();

    /** Whether rows that are given up stay in memory, until they are taken. */
    boolean holds();

    /** Why nothing more of it shall be tried; read at any time, by any thread. */
    Optional<String> aborted();

    /** Nothing more of it shall be tried from now on. */
    void abort(String why);

    /**
     * A batch's account is closed. Called by the delivering thread, which holds no lock.
     *
     * @return tells whoever waits, and may call user code; run when the batch's place is free
     */
    Runnable ended(Delivery delivery);
}
