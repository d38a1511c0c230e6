package dev.sluice.jdbc;

import dev.sluice.Health;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.TableStatus.State;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.source.PageSource;
import dev.sluice.jdbc.source.SchemaChangedException;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.source.Transactions;
import dev.sluice.row.SluiceException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs the passes of one table, one at a time, and knows how it is doing; its status may be asked for by any thread. */
final class TableRunner {
    private final TablePlan plan;
    private final TableSync.Setting setting;
    private final Transactions transactions;
    private final Waits waits;
    private final Lag lag;
    private boolean slowed;
    private volatile long earlier;

    // What the status tells, under this object's lock.
    private boolean syncing;
    private long rowsBefore;
    private long passRows;
    private long errors;
    private @Nullable TableReport last;
    private @Nullable Instant lastSuccess;
    private @Nullable Instant nextPass;

    TableRunner(TablePlan plan, TableSync.Setting setting, Transactions transactions, Waits waits) {
        this.plan = plan;
        this.setting = setting.heardBy(new Counting(setting.listener()));
        this.transactions = transactions;
        this.waits = waits;
        this.lag = new Lag(waits::nanos);
    }

    boolean isOf(TablePlan other) {
        return plan == other;
    }

    /** One pass, from its beginning to the listener's last word. */
    TableReport pass() {
        begins();
        try {
            TableReport report = sync();
            ended(report);
            TableSync.tell(() -> setting.listener().tableEnded(report));
            return report;
        } finally {
            rests();
        }
    }

    /** Whether the API asked to wait during the last pass; for the thread that ran it. */
    boolean slowed() {
        return slowed;
    }

    /** The next pass is planned for after so much time. */
    synchronized void planned(Duration wait) {
        nextPass = waits.now().plus(wait);
    }

    /** No pass is planned any more. */
    synchronized void unplanned() {
        nextPass = null;
    }

    synchronized Optional<TableReport> last() {
        return Optional.ofNullable(last);
    }

    synchronized TableStatus status() {
        RuntimeException error = last == null ? null : last.error();
        State idle = error == null ? State.WAITING : State.FAILED;
        return new TableStatus(
                plan.source(),
                plan.destination(),
                syncing ? State.SYNCING : idle,
                rowsBefore + passRows,
                passRows,
                errors,
                lag.now().orElse(null),
                last == null ? null : last.cursor(),
                error == null ? null : words(error),
                lastSuccess,
                nextPass);
    }

    /** A table whose columns change while it is read is opened once more: the pass goes on with those of now. */
    private TableReport sync() {
        slowed = false;
        earlier = 0;
        TableReport report = open();
        if (!(report.error() instanceof SchemaChangedException)) {
            return report;
        }
        earlier = report.rows();
        return report.followedBy(open());
    }

    private TableReport open() {
        PageSource source;
        try {
            source = PageSource.open(transactions, plan);
            take(source.table() + " -> " + plan.destination());
        } catch (RuntimeException e) {
            return new TableReport(plan.source(), plan.destination(), 0, 0, 0, 0, 0, null, false, e, List.of());
        }
        TableSync sync = new TableSync(setting, plan, source, lag);
        TableReport report = sync.run();
        slowed |= sync.slowed() || setting.client().health() == Health.BUSY;
        return report;
    }

    /** Of other libraries' words nobody knows whether they quote a row. */
    private static String words(RuntimeException error) {
        return error instanceof SluiceException
                ? String.valueOf(error.getMessage())
                : error.getClass().getName();
    }

    /** Two plans may name one table in two ways; both would move one checkpoint. */
    private void take(String pair) {
        TablePlan other = setting.taken().putIfAbsent(pair, plan);
        if (other != null && other != plan) {
            throw new CheckpointException("table " + pair + " is planned twice, as " + other.source() + " and as "
                    + plan.source() + ": leave one of the two plans out");
        }
    }

    private synchronized void begins() {
        syncing = true;
        nextPass = null;
        rowsBefore += passRows;
        passRows = 0;
    }

    private synchronized void rests() {
        syncing = false;
    }

    private synchronized void ended(TableReport report) {
        last = report;
        errors += report.error() == null ? 0 : 1;
        lastSuccess = report.complete() ? waits.now() : lastSuccess;
    }

    private synchronized void settled(long rows) {
        passRows = rows;
    }

    /** Counts a pass's rows while it runs. */
    private final class Counting implements SyncListener {
        private final SyncListener listener;

        Counting(SyncListener listener) {
            this.listener = listener;
        }

        @Override
        public void tableStarted(String source, String destination, long expectedRows) {
            listener.tableStarted(source, destination, expectedRows);
        }

        @Override
        public void pageSettled(String source, String destination, long rows) {
            settled(earlier + rows);
            listener.pageSettled(source, destination, earlier + rows);
        }

        @Override
        public void found(Finding finding) {
            listener.found(finding);
        }

        @Override
        public void tableEnded(TableReport report) {
            listener.tableEnded(report);
        }
    }
}
