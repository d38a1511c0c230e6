package dev.sluice.jdbc;

import dev.sluice.Replay;
import dev.sluice.ReplayReport;
import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.source.PageSource;
import dev.sluice.jdbc.source.TablePlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Carries what changed in tables of a database to the Stream API, and remembers how far it has come.
 *
 * <p>A row is read once its watermark is below the horizon, the time before which no open transaction can write any
 * more; it is read again whenever its watermark moves. The checkpoint moves only behind settled rows, so a crash at any
 * moment loses nothing: what was on its way is sent again, under the same batch id if it is still the same.
 *
 * <p>What the watermark cannot show is not carried: updates that do not raise it, rows that are deleted rather than
 * marked as deleted, and rows that come with a time older than what was read already, such as those of another clock, of
 * a restored backup or of a view over another server.
 */
public final class JdbcExtractor {
    private final DataSource database;
    private final Dialect dialect;
    private final List<TablePlan> plans;
    private final TableSync.Setting setting;
    private volatile boolean stopped;

    private JdbcExtractor(Builder builder) {
        this.database = builder.database;
        this.dialect = builder.dialect;
        this.plans = List.copyOf(builder.plans);
        this.setting = new TableSync.Setting(
                builder.client,
                builder.checkpoints,
                builder.pages,
                new HorizonRule(builder.horizonLag),
                builder.listener,
                () -> stopped);
    }

    /**
     * A builder with the defaults that its methods tell.
     *
     * @param database gives connections; at most one is used at a time, and none while rows are pushed
     * @param client pushes the rows; its dead-letter hook gets those the API refuses. Without a hook a refused row ends
     *     its table's pass, and a batch that was written in part is sent again, as a whole, by the next one. With a spool
     *     a page is settled as soon as the spool has it: what becomes of its rows is told by the client's ledger. The
     *     caller closes it.
     */
    public static Builder builder(DataSource database, StreamClient client) {
        return new Builder(database, client);
    }

    /**
     * One pass over all tables, on the caller's thread; blocks until the last is done. A table that fails is reported
     * and the next one goes on.
     *
     * @throws dev.sluice.jdbc.checkpoint.CheckpointException if another runner holds the checkpoints
     */
    public SyncReport syncOnce() {
        List<SyncReport.TableReport> reports = new ArrayList<>();
        CheckpointStore.Lock lock = setting.checkpoints().lock(Duration.ZERO);
        try {
            for (TablePlan plan : plans) {
                if (stopped || Thread.currentThread().isInterrupted()) {
                    break;
                }
                SyncReport.TableReport report = sync(plan);
                reports.add(report);
                TableSync.tell(() -> setting.listener().tableEnded(report));
            }
        } finally {
            lock.close();
        }
        boolean early = reports.size() < plans.size() || reports.stream().anyMatch(JdbcExtractor::isStopped);
        return new SyncReport(reports, early);
    }

    /**
     * Runs a replay of dead letters in which the letters for a merge into one of the extractor's tables are not sent as
     * they are: the current rows of their keys are read from the database and sent in their place, as a sync sends them
     * and with the newest {@code _cdc_seq}. Rows that are not in the database any more are counted as gone, and their
     * letter stays. Blocks as {@link Replay#run()} does.
     *
     * <p>From the first such letter on this is the one runner on the checkpoints, for a sync at the same time could
     * deliver a newer row before the older one that was looked up here. If another one runs, those letters fail and
     * stay. Letters for other tables, and for a table that several plans write, are left to {@link Replay#force()}.
     */
    public ReplayReport replay(Replay replay) {
        try (Lookup lookup = new Lookup(database, dialect, plans, setting.checkpoints())) {
            return replay.currentRows(lookup).run();
        }
    }

    /** Lets a running pass end behind the page that is on its way; later passes end at once. Callable by any thread. */
    public void stop() {
        stopped = true;
    }

    private static boolean isStopped(SyncReport.TableReport report) {
        return !report.complete() && report.error() == null;
    }

    private SyncReport.TableReport sync(TablePlan plan) {
        PageSource source;
        try {
            source = PageSource.open(database, dialect, plan);
        } catch (RuntimeException e) {
            return new SyncReport.TableReport(plan.source(), plan.destination(), 0, 0, 0, 0, 0, null, false, e);
        }
        return new TableSync(setting, plan, source).run();
    }

    /** What is synced, and how. */
    public static final class Builder {
        private final DataSource database;
        private final StreamClient client;
        private final List<TablePlan> plans = new ArrayList<>();
        private CheckpointStore checkpoints = CheckpointStore.inMemory();
        private Dialect dialect = Dialect.postgresql();
        private BatchPolicy pages = BatchPolicy.DEFAULT;
        private @Nullable Duration horizonLag;
        private SyncListener listener = new SyncListener() {};

        private Builder(DataSource database, StreamClient client) {
            this.database = database;
            this.client = client;
        }

        /** Adds a table; tables are synced one after the other, in this order. */
        public Builder table(TablePlan plan) {
            plans.add(plan.checked());
            return this;
        }

        /** Where progress is kept; in memory unless set, which reads every table anew in the next process. */
        public Builder checkpoints(CheckpointStore store) {
            this.checkpoints = store;
            return this;
        }

        /** The kind of database; {@link Dialect#postgresql()} unless set. */
        public Builder dialect(Dialect dialect) {
            this.dialect = dialect;
            return this;
        }

        /** How much is read and pushed at a time; {@link BatchPolicy#DEFAULT} unless set. */
        public Builder pages(BatchPolicy policy) {
            this.pages = policy;
            return this;
        }

        /**
         * How far to stay behind the clock where the database does not show other users' transactions: longer than any
         * of them lasts, or rows are lost. Not set unless set; such a database is then refused.
         */
        public Builder horizonLag(Duration lag) {
            if (lag.isNegative()) {
                throw new IllegalArgumentException("horizonLag must not be negative, found " + lag);
            }
            this.horizonLag = lag;
            return this;
        }

        /** Hears of progress. */
        public Builder listener(SyncListener listener) {
            this.listener = listener;
            return this;
        }

        /**
         * The extractor; it connects when it syncs.
         *
         * @throws IllegalArgumentException if there is no table, or one is planned twice
         */
        public JdbcExtractor build() {
            if (plans.isEmpty()) {
                throw new IllegalArgumentException("JdbcExtractor needs at least one table");
            }
            Set<String> pairs = new HashSet<>();
            for (TablePlan plan : plans) {
                if (!pairs.add(plan.source() + " -> " + plan.destination())) {
                    throw new IllegalArgumentException(
                            "table " + plan.source() + " -> " + plan.destination() + " is planned twice");
                }
            }
            return new JdbcExtractor(this);
        }
    }
}
