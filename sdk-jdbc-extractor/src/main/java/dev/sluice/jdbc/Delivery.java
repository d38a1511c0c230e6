package dev.sluice.jdbc;

import dev.sluice.ClientSpool;
import dev.sluice.StreamClient;
import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointBuilder;
import dev.sluice.jdbc.checkpoint.KeyBook;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.source.Page;
import dev.sluice.jdbc.source.PageSource;
import dev.sluice.jdbc.source.Reading;
import dev.sluice.jdbc.source.Slice;
import dev.sluice.jdbc.source.Stamps;
import dev.sluice.receipt.Receipt;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one table's pages to the client. Progress is made in one place only: where the client says that a page's rows
 * are settled. Safe for use by several threads, each with pages of its own.
 */
final class Delivery {
    private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

    private final TableSync.Setting setting;
    private final StreamClient client;
    private final PageSource source;
    private final String destination;
    private final Progress progress;
    private final @Nullable KeyBook book;
    private final Repeats repeats;
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong dead = new AtomicLong();
    private final AtomicLong leftOut = new AtomicLong();
    private final AtomicInteger pages = new AtomicInteger();
    private volatile boolean slowed;

    /** @param book keeps the keys of what is sent; null if nobody asks for them */
    Delivery(
            TableSync.Setting setting,
            PageSource source,
            String destination,
            Progress progress,
            Repeats repeats,
            @Nullable KeyBook book) {
        this.setting = setting;
        this.client = setting.client();
        this.source = source;
        this.destination = destination;
        this.progress = progress;
        this.book = book;
        this.repeats = repeats;
    }

    long rows() {
        return rows.get();
    }

    long dead() {
        return dead.get();
    }

    /** Rows that a transform left out of settled pages. */
    long leftOut() {
        return leftOut.get();
    }

    int pages() {
        return pages.get();
    }

    /** Whether a page needed more requests than parts: the API asked to wait, or failed. */
    boolean slowed() {
        return slowed;
    }

    /**
     * Reads a slice to its end and delivers it; false if it was stopped before.
     *
     * @param along what else changes in the checkpoint when a page is settled
     */
    boolean through(Slice slice, Along along, BooleanSupplier stopped) {
        return through(slice, along, false, stopped, page -> {});
    }

    /**
     * The same, less the rows that were sent before.
     *
     * @param recorded whether its rows are remembered, for they will be read again
     * @param settled hears of each page that is settled
     */
    boolean through(Slice slice, Along along, boolean recorded, BooleanSupplier stopped, Consumer<Page> settled) {
        // What is left out of a page depends on those before it.
        boolean ahead = setting.readsAhead() && repeats.known(recorded) == null;
        try (ReadAhead pages = new ReadAhead(
                source.table(),
                slice,
                setting.pages(),
                setting.readers(),
                ahead,
                (rest, most) -> read(rest, most, recorded))) {
            while (!stopped.getAsBoolean()) {
                List<Page> next = pages.next();
                if (!deliver(next, recorded, along, stopped)) {
                    return false;
                }
                next.forEach(settled);
                if (next.isEmpty() || next.get(next.size() - 1).last()) {
                    return true;
                }
            }
            return false;
        }
    }

    private List<Page> read(Slice rest, Reading.Extent extent, boolean recorded) {
        Stamps stamps = progress.stamps(extent.rows());
        return source.next(
                rest, new Reading(stamps, progress.now().epoch(), setting.pages(), extent, repeats.known(recorded)));
    }

    /** What else changes in the checkpoint, given the place that is settled. */
    @FunctionalInterface
    interface Along {
        /** Nothing else. */
        Along NOTHING = range -> checkpoint -> checkpoint;

        UnaryOperator<Checkpoint> of(PendingRange settled);
    }

    /**
     * What was not begun to be sent when one of them failed, or when it was stopped, is not pending any more.
     *
     * @return false if it was stopped before all was sent
     */
    private boolean deliver(List<Page> pages, boolean recorded, Along along, BooleanSupplier stopped) {
        if (pages.isEmpty()) {
            return true;
        }
        progress.save(checkpoint -> sending(checkpoint, pages));
        Shipment shipment = new Shipment(
                "sluice-send " + source.table(),
                pages,
                this::send,
                settled -> settle(settled, recorded, along),
                stopped);
        try {
            boolean through = shipment.send(source.isAppended() ? client.maxInFlight() : 1);
            progress.save(checkpoint -> unsent(checkpoint, shipment.untouched()));
            return through;
        } catch (RuntimeException e) {
            breakOff(shipment, e);
            throw e;
        }
    }

    private void breakOff(Shipment shipment, RuntimeException failure) {
        try {
            shipment.settle();
            progress.save(checkpoint -> unsent(checkpoint, shipment.untouched()));
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    /** Also a page without a batch: ranges that are read again have to follow on each other. */
    private Checkpoint sending(Checkpoint checkpoint, List<Page> pages) {
        Checkpoint next = checkpoint;
        for (Page page : pages) {
            next = next.sending(page.range());
        }
        return next.change().columns(source.columns()).build();
    }

    private static Checkpoint unsent(Checkpoint checkpoint, List<Page> pages) {
        CheckpointBuilder next = checkpoint.change();
        pages.forEach(page -> next.settled(page.range().batch()));
        return next.build();
    }

    private void send(Page page) {
        Batch batch = page.batch();
        if (batch != null) {
            if (book != null) {
                book.sent(page.range().batch(), page.keys());
            }
            send(batch);
        }
    }

    private void send(Batch batch) {
        Optional<ClientSpool> spool = client.spool();
        if (spool.isPresent()) {
            boolean ignored = spool.get().put(batch);
        } else {
            Receipt receipt = client.push(batch);
            dead.addAndGet(receipt.dead());
            if (receipt.attempts() > receipt.parts().size()) {
                slowed = true;
            }
        }
        pages.incrementAndGet();
    }

    /** Tells the lake that the rows of these keys are deleted. */
    void deleted(List<String> keys) {
        int most = setting.pages().maxRows();
        for (int from = 0; from < keys.size(); from += most) {
            List<String> some = keys.subList(from, Math.min(from + most, keys.size()));
            Stamps stamps = progress.stamps(some.size());
            progress.save(checkpoint -> forgotten(checkpoint, some)
                    .sequence(stamps.sequence() + some.size() - 1)
                    .build());
            Batch batch = source.keys().deleted(some, stamps, progress.now().epoch());
            send(batch);
            client.spool().ifPresent(spool -> spool.forget(batch.id()));
            settled(some.size());
        }
    }

    private void settled(int more) {
        long sum = rows.addAndGet(more);
        TableSync.tell(() -> setting.listener().pageSettled(source.table(), destination, sum));
    }

    /** A row that comes back as it was is not one that was sent before. */
    private CheckpointBuilder forgotten(Checkpoint checkpoint, List<String> keys) {
        Map<String, String> rest = new HashMap<>(checkpoint.recent());
        if (!rest.isEmpty()) {
            keys.forEach(key -> rest.remove(source.keys().digest(key)));
        }
        return checkpoint.change().recent(rest);
    }

    /** There is nothing to send in the range. */
    private void skip(PendingRange range, Along along) {
        progress.save(checkpoint -> along.of(range).apply(checkpoint.skipped(range)));
    }

    /** The pages' rows are written, dead letters, or in the spool, which is the same to the cursor. */
    private void settle(List<Page> pages, boolean recorded, Along along) {
        if (pages.isEmpty()) {
            return;
        }
        progress.save(checkpoint -> settled(checkpoint, pages, recorded, along));
        for (Page page : pages) {
            leftOut.addAndGet(page.leftOut());
            if (page.batch() != null) {
                settled(page.range());
            }
            repeats.saved(page, recorded);
        }
    }

    private Checkpoint settled(Checkpoint checkpoint, List<Page> pages, boolean recorded, Along along) {
        Checkpoint next = checkpoint;
        for (Page page : pages) {
            PendingRange range = page.range();
            next = repeats.with(page, recorded, along)
                    .of(range)
                    .apply(page.batch() == null ? next.skipped(range) : next.settled(range));
        }
        return next;
    }

    private void settled(PendingRange range) {
        client.spool().ifPresent(spool -> spool.forget(new BatchId(range.batch())));
        settled(range.rows());
    }

    /** What the spool has of an earlier run is settled. */
    private void settle(PendingRange range, Along along) {
        progress.save(checkpoint -> along.of(range).apply(checkpoint.settled(range)));
        settled(range);
    }

    /** Sends again what a run before this one may have sent: the same rows under the same id, if they are the same. */
    void again(PendingRange range, Along along) {
        boolean recorded = repeats.isRecorded(range);
        if (isSpooled(range)) {
            // What it was can be remembered as far as it still is in the table.
            boolean matters = recorded || !progress.now().recent().isEmpty();
            Optional<Page> page = matters ? asBefore(range).filter(one -> isSame(one, range)) : Optional.empty();
            if (page.isEmpty()) {
                progress.save(Repeats::forgotten);
            }
            settle(range, page.map(one -> repeats.with(one, recorded, along)).orElse(along));
            page.ifPresent(one -> repeats.saved(one, recorded));
            return;
        }
        LOG.info("Sending the pending range of batch {} again", range.batch());
        Optional<Page> page = asBefore(range);
        if (page.isEmpty() || !isSame(page.get(), range)) {
            progress.save(Repeats::forgotten);
            // Stamped as newer than all that was sent before.
            page = again(range, progress.stamps(BatchPolicy.ROW_LIMIT));
        }
        if (page.isEmpty()) {
            // Every row has changed since and moved behind the range: they are read there.
            skip(range, along);
        } else {
            deliverInPlace(range, page.get(), recorded, along);
        }
    }

    /**
     * Delivers what is in a range now, which may end before the range does, or be more than a page: the ranges behind it
     * are to find their place all the same.
     */
    private void deliverInPlace(PendingRange range, Page page, boolean recorded, Along along) {
        Page first = page.last() ? page.upTo(range.to()) : page;
        Optional<PendingRange> rest = page.last()
                ? Optional.empty()
                : Optional.of(range.behind(page.range().to()));
        progress.save(checkpoint ->
                checkpoint.change().replaced(range.batch(), first.range(), rest).build());
        boolean ignored = deliver(List.of(first), recorded, along, () -> false);
        rest.ifPresent(one -> again(one, along));
    }

    /** Whether the run before this one came as far as the spool: then its rows need not be read again. */
    private boolean isSpooled(PendingRange range) {
        return client.spool()
                .filter(spool -> spool.knows(new BatchId(range.batch())))
                .isPresent();
    }

    private Optional<Page> asBefore(PendingRange range) {
        return again(range, new Stamps(range.sequence(), range.stamp()));
    }

    private Optional<Page> again(PendingRange range, Stamps stamps) {
        return source.again(range, stamps, progress.now().epoch(), repeats.known(repeats.isRecorded(range)));
    }

    private static boolean isSame(Page page, PendingRange range) {
        return page.range().batch().equals(range.batch());
    }
}
