package dev.sluice.sync;

import dev.sluice.PushListener;
import dev.sluice.StreamClient;
import dev.sluice.batch.Batch;
import dev.sluice.jdbc.JdbcExtractor;
import dev.sluice.jdbc.SyncListener;
import dev.sluice.jdbc.SyncReport;
import dev.sluice.receipt.Receipt;
import dev.sluice.transport.Reply;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A sync that can be stopped; what it hears of progress it passes on. */
final class Running implements StopSwitch.Target, SyncListener, PushListener {
    private final Progress progress;
    private final boolean outlivesDatabase;
    private Runnable stop = () -> {};
    private Runnable abort = () -> {};
    private volatile @Nullable Thread waiting;
    private volatile boolean stopping;
    private volatile boolean retrying;
    private volatile String trouble = "";

    /** @param outlivesDatabase whether it goes on when the database cannot be reached */
    Running(Progress progress, boolean outlivesDatabase) {
        this.progress = progress;
        this.outlivesDatabase = outlivesDatabase;
    }

    void begins(JdbcExtractor extractor, StreamClient client, Duration lockWait) {
        waiting = lockWait.isZero() ? null : Thread.currentThread();
        stop = extractor::stop;
        abort = client::abort;
    }

    /** Why the last batch that went back to the spool did so; empty if none did. */
    String trouble() {
        return trouble;
    }

    @Override
    public void stop() {
        stopping = true;
        stop.run();
        Thread thread = waiting;
        if (thread != null) {
            // It may be waiting for another runner to end, which may take long.
            thread.interrupt();
        }
        if (retrying) {
            abort();
        }
    }

    @Override
    public void abort() {
        abort.run();
    }

    @Override
    public void attempted(Batch batch, Reply reply, Duration took) {
        progress.attempted(batch, reply, took);
    }

    @Override
    public void retrying(Batch batch, int attempt, String reason, Duration wait) {
        retrying = true;
        trouble = reason;
        progress.retrying(batch, attempt, reason, wait);
        if (stopping) {
            // Nothing is under way: the API's recovery is the next sync's to wait for.
            abort();
        }
    }

    @Override
    public void ended(Batch batch, Receipt.Part part, Duration elapsed) {
        retrying = false;
        if (part.spooled() > 0 && part.attempts() > 0) {
            trouble = part.message();
        }
        progress.ended(batch, part, elapsed);
    }

    @Override
    public void tableStarted(String source, String destination, long expectedRows) {
        waiting = null;
        progress.tableStarted(source, destination, expectedRows);
    }

    @Override
    public void pageSettled(String source, String destination, long rows) {
        progress.pageSettled(source, destination, rows);
    }

    @Override
    public void tableEnded(SyncReport.TableReport report) {
        progress.tableEnded(report);
        if (!outlivesDatabase && report.error() != null && Failures.isUnreachable(report.error())) {
            // The tables after it would each wait for a connection too.
            stop.run();
        }
    }
}
