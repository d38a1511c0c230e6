package dev.sluice.jdbc;

import dev.sluice.BufferFullException;
import dev.sluice.jdbc.source.Page;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Sends pages that were read in one transaction, several at a time, and settles them in their order. No row is in two of
 * them, so it is all one which of them arrives first.
 */
final class Shipment {
    /** So long, in nanoseconds, a save waits for more pages to be settled: those in between may be repeated. */
    private static final long SAVE_NANOS = 100_000_000;

    private final List<Page> pages;
    private final Consumer<Page> sender;
    private final Consumer<List<Page>> settler;
    private final BooleanSupplier stopped;
    private final Team team;

    // Guarded by this.
    private final Deque<Integer> left = new ArrayDeque<>();
    private int begun;
    private final BitSet sent = new BitSet();
    private int senders;
    private int settled;
    private long saved = System.nanoTime();

    /**
     * Nothing is sent yet.
     *
     * @param sender blocks until a page is sent; called by several threads
     * @param settler is told of pages that are sent, and all before them; called by one thread at a time
     * @param stopped no page is begun any more when it is true
     */
    Shipment(
            String name,
            List<Page> pages,
            Consumer<Page> sender,
            Consumer<List<Page>> settler,
            BooleanSupplier stopped) {
        this.pages = pages;
        this.stopped = stopped;
        this.sender = sender;
        this.settler = settler;
        this.team = new Team(name);
        for (int i = 0; i < pages.size(); i++) {
            left.add(i);
        }
    }

    /**
     * Blocks until nothing is under way any more, and settles what that allows.
     *
     * @return whether all is sent; else it was stopped
     * @throws RuntimeException what one of the pages failed by
     */
    boolean send(int threads) {
        int most = Math.min(threads, pages.size());
        senders = most;
        team.run(most, this::work);
        settle();
        return sent() == pages.size();
    }

    /** Settles what is sent of the first pages, however long ago that was. */
    synchronized void settle() {
        int end = sent.nextClearBit(0);
        if (end > settled) {
            settler.accept(pages.subList(settled, end));
            settled = end;
        }
        saved = System.nanoTime();
    }

    /** The last of the pages, which were never begun to be sent. One that found no room may be in doubt from before. */
    synchronized List<Page> untouched() {
        return List.copyOf(pages.subList(begun, pages.size()));
    }

    private void work() {
        int page = take();
        while (page >= 0 && send(pages.get(page), page)) {
            page = take();
        }
    }

    /** False if there is no room for it while others are on their way: one of those who send them will take it. */
    private boolean send(Page page, int index) {
        int before = sent();
        try {
            sender.accept(page);
        } catch (BufferFullException e) {
            giveBack(index);
            if (leavesToOthers()) {
                return false;
            }
            if (sent() == before) {
                throw e;
            }
            // Others were on their way until now: there may be room without them.
            return true;
        }
        done(index);
        return true;
    }

    private synchronized int sent() {
        return sent.cardinality();
    }

    /** The next page; -1 if there is none, or none should be begun any more: then this sender has gone. */
    private synchronized int take() {
        if (left.isEmpty() || team.hasFailed() || stopped.getAsBoolean()) {
            senders--;
            return -1;
        }
        int page = left.remove();
        begun = Math.max(begun, page + 1);
        return page;
    }

    private synchronized void giveBack(int page) {
        left.addFirst(page);
    }

    /** False if there are no others; else this sender has gone. */
    private synchronized boolean leavesToOthers() {
        boolean others = senders > 1;
        senders -= others ? 1 : 0;
        return others;
    }

    private synchronized void done(int page) {
        sent.set(page);
        if (System.nanoTime() - saved > SAVE_NANOS) {
            settle();
        }
    }
}
