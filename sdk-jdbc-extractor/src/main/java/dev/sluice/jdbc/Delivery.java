package dev.sluice.jdbc;

import dev.sluice.ClientSpool;
import dev.sluice.StreamClient;
import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.KeyBook;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.source.Page;
import dev.sluice.jdbc.source.PageSource;
import dev.sluice.jdbc.source.Reading;
import dev.sluice.jdbc.source.Slice;
import dev.sluice.jdbc.source.Stamps;
import java.util.List;
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
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong dead = new AtomicLong();
    private final AtomicInteger pages = new AtomicInteger();

    /** @param book keeps the keys of what is sent; null if nobody asks for them */
    Delivery(
            TableSync.Setting setting,
            PageSource source,
            String destination,
            Progress progress,
            @Nullable KeyBook book) {
        this.setting = setting;
        this.client = setting.client();
        this.source = source;
        this.destination = destination;
        this.progress = progress;
        this.book = book;
    }

    long rows() {
        return rows.get();
    }

    long dead() {
        return dead.get();
    }

    int pages() {
        return pages.get();
    }

    /**
     * Reads the next page of a slice and delivers it.
     *
     * @param along what else changes in the checkpoint when the page is settled
     */
    Optional<Page> next(Slice slice, Along along) {
        Stamps stamps = progress.stamps(setting.pages().maxRows());
        Reading reading = new Reading(stamps, progress.now().epoch(), setting.pages());
        Optional<Page> page = source.next(slice, reading);
        page.ifPresent(one -> deliver(one, along));
        return page;
    }

    /** What else changes in the checkpoint, given the place that is settled. */
    @FunctionalInterface
    interface Along {
        /** Nothing else. */
        Along NOTHING = range -> checkpoint -> checkpoint;

        UnaryOperator<Checkpoint> of(PendingRange settled);
    }

    private void deliver(Page page, Along along) {
        progress.save(checkpoint -> checkpoint.sending(page.range()));
        if (book != null) {
            book.sent(page.range().batch(), source.keys().of(page.batch()));
        }
        send(page.batch());
        settle(page.range(), along);
    }

    private void send(Batch batch) {
        Optional<ClientSpool> spool = client.spool();
        if (spool.isPresent()) {
            boolean ignored = spool.get().put(batch);
        } else {
            dead.addAndGet(client.push(batch).dead());
        }
        pages.incrementAndGet();
    }

    /** Tells the lake that the rows of these keys are deleted. */
    void deleted(List<String> keys) {
        int most = setting.pages().maxRows();
        for (int from = 0; from < keys.size(); from += most) {
            List<String> some = keys.subList(from, Math.min(from + most, keys.size()));
            Stamps stamps = progress.stamps(some.size());
            progress.save(checkpoint -> checkpoint.numbered(stamps.sequence() + some.size() - 1));
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

    /** The range's rows are written, dead letters, or in the spool, which is the same to the cursor. */
    private void settle(PendingRange range, Along along) {
        progress.save(checkpoint -> along.of(range).apply(checkpoint.settled(range)));
        client.spool().ifPresent(spool -> spool.forget(new BatchId(range.batch())));
        settled(range.rows());
    }

    /** Sends again what a run before this one may have sent: the same rows under the same id, if they are the same. */
    void again(PendingRange range, Along along) {
        if (isSpooled(range)) {
            settle(range, along);
            return;
        }
        LOG.info("Sending the pending range of batch {} again", range.batch());
        Optional<Page> page = reread(range);
        // If every row has changed since and moved behind the range, they are read there.
        if (page.isEmpty()) {
            progress.save(checkpoint -> along.of(range).apply(checkpoint.skipped(range)));
            return;
        }
        boolean same = page.get().range().batch().equals(range.batch());
        if (!same) {
            progress.save(
                    checkpoint -> checkpoint.change().settled(range.batch()).build());
        }
        deliver(page.get(), along);
    }

    /** Whether the run before this one came as far as the spool: then its rows need not be read again. */
    private boolean isSpooled(PendingRange range) {
        return client.spool()
                .filter(spool -> spool.knows(new BatchId(range.batch())))
                .isPresent();
    }

    /** Stamped as it was, if the rows are the same; otherwise as newer than all that was sent before. */
    private Optional<Page> reread(PendingRange range) {
        Stamps before = new Stamps(range.sequence(), range.stamp());
        long epoch = progress.now().epoch();
        Optional<Page> page = source.again(range, before, epoch);
        boolean same = page.isPresent() && page.get().range().batch().equals(range.batch());
        return same ? page : source.again(range, progress.stamps(range.rows()), epoch);
    }
}
