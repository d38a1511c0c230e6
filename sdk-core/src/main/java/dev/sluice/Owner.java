package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetters;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whoever handed batches in, all for one table: says on what terms, and hears of their end. */
abstract class Owner {
    private final Dispatcher dispatcher;
    private final Terms terms;
    private final Books.Account account;
    private volatile @Nullable String aborted;

    Owner(Dispatcher dispatcher, Terms terms, Books.Account account) {
        this.dispatcher = dispatcher;
        this.terms = terms;
        this.account = account;
    }

    final Dispatcher dispatcher() {
        return dispatcher;
    }

    final Terms terms() {
        return terms;
    }

    /** Where its rows are counted. */
    final Books.Account account() {
        return account;
    }

    /** Why nothing more of it shall be tried; read at any time, by any thread. */
    final Optional<String> aborted() {
        return Optional.ofNullable(aborted);
    }

    /** Nothing more of it begins from now on. */
    final void markAborted(String why) {
        aborted = why;
    }

    /** Nothing more of it shall be tried, and what is under way shall end. */
    final void abort(String why) {
        markAborted(why);
        dispatcher.abort(this, why);
    }

    /** An attempt at a piece is about to be made; false if none may be. */
    boolean attempts(Delivery delivery, Batch piece) {
        return true;
    }

    /** An attempt has failed, and another one follows later. */
    void waits(Delivery delivery) {}

    /** A piece is written. */
    void written(Delivery delivery, Batch piece) {}

    /** Hands a piece to {@code hook}; throws what that throws. */
    void keep(Delivery delivery, Batch piece, DeadLetter letter, DeadLetters hook) {
        hook.keep(letter);
    }

    /** Enters a batch's end into the books. */
    void settle(Books books, Delivery delivery) {
        List<Batch> kept =
                holds() ? delivery.problems().stream().map(Problem::piece).toList() : List.of();
        books.settle(account, delivery.batch(), delivery.parts(), kept);
    }

    /** Whether rows that are given up stay in memory, until they are taken. */
    abstract boolean holds();

    /**
     * A batch's account is closed. Called by the delivering thread, which holds no lock.
     *
     * @return tells whoever waits, and may call user code; run when the batch's place is free
     */
    abstract Runnable ended(Delivery delivery);
}
