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
     * Reads the next page of a slice and delivers it.
     *
     * @param along what else changes in the checkpoint when the page is settled
     */
    Optional<Page> next(Slice slice, Along along) {
        return next(slice, along, false);
    }

    /**
     * The same, less the rows that were sent before.
     *
     * @param recorded whether its rows are remembered, for they will be read again
     */
    Optional<Page> next(Slice slice, Along along, boolean recorded) {
        Stamps stamps = progress.stamps(setting.pages().maxRows());
        Reading reading = new Reading(stamps, progress.now().epoch(), setting.pages(), repeats.known(recorded));
        Optional<Page> page = source.next(slice, reading);
        page.ifPresent(one -> deliver(one, recorded, along));
        return page;
    }

    /** What else changes in the checkpoint, given the place that is settled. */
    @FunctionalInterface
    interface Along {
        /** Nothing else. */
        Along NOTHING = range -> checkpoint -> checkpoint;

        UnaryOperator<Checkpoint> of(PendingRange settled);
    }

    private void deliver(Page page, boolean recorded, Along along) {
        leftOut.addAndGet(page.leftOut());
        Along remembering = repeats.with(page, recorded, along);
        Batch batch = page.batch();
        if (batch == null) {
            skip(page.range(), remembering);
        } else {
            progress.save(checkpoint -> checkpoint
                    .sending(page.range())
                    .change()
                    .columns(source.columns())
                    .build());
            if (book != null) {
                book.sent(page.range().batch(), page.keys());
            }
            send(batch);
            settle(page.range(), remembering);
        }
        repeats.saved(page, recorded);
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

    /** The range's rows are written, dead letters, or in the spool, which is the same to the cursor. */
    private void settle(PendingRange range, Along along) {
        progress.save(checkpoint -> along.of(range).apply(checkpoint.settled(range)));
        client.spool().ifPresent(spool -> spool.forget(new BatchId(range.batch())));
        settled(range.rows());
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
        if (page.isPresent() && isSame(page.get(), range)) {
            deliver(page.get(), recorded, along);
            return;
        }
        progress.save(Repeats::forgotten);
        // Stamped as newer than all that was sent before.
        page = again(range, progress.stamps(BatchPolicy.ROW_LIMIT));
        // If every row has changed since and moved behind the range, they are read there.
        if (page.isEmpty()) {
            skip(range, along);
            return;
        }
        progress.save(checkpoint -> checkpoint.change().settled(range.batch()).build());
        deliver(page.get(), recorded, along);
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
