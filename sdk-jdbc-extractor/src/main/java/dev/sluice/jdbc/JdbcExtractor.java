package dev.sluice.jdbc;

import dev.sluice.Replay;
import dev.sluice.ReplayReport;
import dev.sluice.RetryPolicy;
import dev.sluice.StreamClient;
import dev.sluice.Timing;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.source.PageSource;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.source.Transactions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Carries what changed in tables of a database to the Stream API, and remembers how far it has come.
 *
 * <p>A row is read once its watermark is below the horizon, the time before which no open transaction can write any
 * more; it is read again whenever its watermark moves. The checkpoint moves only behind settled rows, so a crash at any
 * moment loses nothing: what was on its way is sent again, under the same batch id if it is still the same.
 *
 * <p>What the watermark cannot show is carried only where a plan asks for it: {@link TablePlan#lookBack} finds updates
 * that do not raise it and rows that come with an older time, as those of another clock or of a view over another server,
 * as far back as it goes; {@link TablePlan#deletes} finds rows that are deleted rather than marked as deleted.
 */
public final class JdbcExtractor {
    private static final Duration LONG_TRANSACTION = Duration.ofMinutes(5);

    private final HorizonRule horizon;
    private final Transactions transactions;
    private final List<TablePlan> plans;
    private final CheckpointStore checkpoints;
    private final Duration lockWait;
    private final TableSync.Setting setting;
    private final Waits waits;
    private final Runner runner;

    private JdbcExtractor(Builder builder) {
        this.plans = List.copyOf(builder.plans);
        this.checkpoints = builder.checkpoints;
        this.waits = new Waits(builder.timing);
        this.transactions =
                new Transactions(builder.database, builder.dialect, builder.queryTimeout, builder.retries, waits);
        this.horizon = new HorizonRule(builder.horizonLag, builder.maxWait);
        this.lockWait = builder.lockWait;
        this.setting = new TableSync.Setting(
                builder.client,
                checkpoints,
                builder.pages,
                builder.readAhead,
                readers(builder),
                horizon,
                builder.listener,
                waits::isStopped,
                new ConcurrentHashMap<>());
        List<TableRunner> tables = plans.stream()
                .map(plan -> new TableRunner(plan, setting, transactions, waits))
                .toList();
        this.runner = new Runner(tables, checkpoints, waits, builder.parallelTables, lockWait);
    }

    /**
     * A builder with the defaults that its methods tell.
     *
     * @param database gives connections; each table that is being synced uses at most one at a time, or while it is
     *     loaded as many as {@link TablePlan#loadThreads}, and none that waits for rows to be pushed: see {@link
     *     Builder#readAhead}. Between two transactions nothing is kept on a connection, so any pool will do; behind one
     *     that gives each transaction another server connection, PgBouncer's for one, set {@code prepareThreshold=0}
     * @param client pushes the rows; its dead-letter hook gets those the API refuses. Without a hook a refused row ends
     *     its table's pass, and a batch that was written in part is sent again, as a whole, by the next one. With a spool
     *     a page is settled as soon as the spool has it: what becomes of its rows is told by the client's ledger. The
     *     caller closes it.
     */
    public static Builder builder(DataSource database, StreamClient client) {
        return new Builder(database, client);
    }

    /**
     * One pass over all tables; blocks until the last is done. A table that fails is reported and the others go on. An
     * interrupt of the caller's thread ends it as soon as it can, and is kept.
     *
     * @return the tables in the order of their plans
     * @throws dev.sluice.jdbc.checkpoint.CheckpointException if another runner holds the checkpoints
     */
    public SyncReport syncOnce() {
        return runner.once();
    }

    /**
     * Passes over all tables, each as often as its changes ask for, until {@link #stop} or an interrupt of the caller's
     * thread, which is kept; blocks until then, and holds the checkpoints all the time. A table whose pass fails, be it
     * for the database, the API or its key, is tried again later, and the others go on meanwhile.
     *
     * @return the last pass of each table that had one
     * @throws dev.sluice.jdbc.checkpoint.CheckpointException if another runner holds the checkpoints
     */
    public SyncReport run(Polling polling) {
        return runner.always(polling);
    }

    /** How each table is doing, in the order of the plans; callable by any thread at any time, and never waits long. */
    public List<TableStatus> status() {
        return runner.status();
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
        try (Lookup lookup = new Lookup(transactions, plans, checkpoints)) {
            return replay.currentRows(lookup).run();
        }
    }

    /**
     * Looks for what would keep the tables from being synced, or let their rows be late or lost: names, privileges,
     * indexes, the times in the watermark, open transactions, the checkpoint. Ordered by table, and the worst first; empty
     * if there is nothing to be said. What could not be looked at is a finding too.
     *
     * <p>Reads only: nothing is sent, and no lock is taken, so that it may be asked beside a running sync and before the
     * first one. Each question is a short transaction. Rows are counted up to 10,000. Without an index on the column,
     * counts of NULLs, of times in the future and the search for the newest time look at every row of the table.
     */
    public List<Finding> check() {
        return new Preflight(transactions, checkpoints, horizon.lag(), LONG_TRANSACTION).check(plans);
    }

    /**
     * Sets a table back, so that the next sync sends everything from a watermark on again: the rows as they are by then,
     * under new ids and with the newest {@code _cdc_seq}. It begins a new epoch. Nothing is lost: rows that were not
     * settled yet lie behind the place, or stay pending.
     *
     * @param table named by its source or its destination, as planned
     * @param watermark as in SQL, such as {@code 2025-01-31 12:00:00+00}; the rows of that very watermark are sent too.
     *     Read by the database in a session whose time zone is UTC
     * @return the place where the next sync begins; null for the table's beginning
     * @throws IllegalArgumentException if there is no such table, or not just one; if the database does not understand
     *     the watermark; or if it lies behind the cursor, so that rows would be skipped
     * @throws dev.sluice.jdbc.checkpoint.CheckpointException if another runner holds the checkpoints, if the table was
     *     never synced, is still being loaded, or was synced with other settings
     * @throws dev.sluice.jdbc.dialect.SourceException if the database cannot be asked
     */
    public @Nullable Cursor rewind(String table, String watermark) {
        return repeating(named(table), repetition -> repetition.rewind(watermark));
    }

    /**
     * Sends the rows of a stretch of watermarks again, on the caller's thread, and leaves the cursor where it is: the
     * rows as they are now, under new ids, stamped {@code u} or {@code d} and with the newest {@code _cdc_seq}. Blocks
     * until all are settled, or {@link #stop}.
     *
     * <p>Rows behind the cursor are left out, for they were never sent and the next sync sends them; so are rows whose
     * watermark has moved out of the stretch. In append mode each row is in the destination once more. It begins a new
     * epoch. If an earlier sync left something pending, a pass over the table goes before it; if that pass is not
     * complete, the report is the pass's and nothing more was sent. After a crash the rows that were on their way are
     * sent again by the next sync; the others want another resend.
     *
     * @param table named by its source or its destination, as planned
     * @param from the first watermark, as in SQL, see {@link #rewind}
     * @param to the first watermark behind the stretch
     * @return what was sent, and what went wrong
     * @throws IllegalArgumentException if there is no such table, or not just one; if the database does not understand
     *     a watermark; or if the stretch is empty
     * @throws dev.sluice.jdbc.checkpoint.CheckpointException as {@link #rewind} does
     * @throws dev.sluice.jdbc.dialect.SourceException if the database cannot be asked at the beginning
     */
    public SyncReport.TableReport resend(String table, String from, String to) {
        TablePlan plan = named(table);
        return repeating(plan, repetition -> repetition.resend(from, to, runner.of(plan)::pass));
    }

    /**
     * What a pass would do if it began now, table by table. Sends nothing, saves no checkpoint and takes no lock: a sync
     * may be running, whose progress then is seen as it was saved last.
     */
    public List<SyncPreview> preview() {
        return plans.stream().map(this::preview).toList();
    }

    /**
     * Lets running passes end behind the pages that are on their way, and wakes all that waits, for its time or to try the
     * database again; later passes end at once. Callable by any thread.
     */
    public void stop() {
        waits.stop();
    }

    private static int readers(Builder builder) {
        int threads =
                builder.plans.stream().mapToInt(TablePlan::loadThreads).max().orElse(1);
        return Math.min(builder.parallelTables, builder.plans.size()) * threads;
    }

    private SyncPreview preview(TablePlan plan) {
        try {
            return SyncPreview.of(setting, plan, PageSource.open(transactions, plan));
        } catch (RuntimeException e) {
            return SyncPreview.failed(plan.source(), plan, null, e);
        }
    }

    private <T extends @Nullable Object> T repeating(TablePlan plan, Function<Repetition, T> work) {
        CheckpointStore.Lock lock = checkpoints.lock(lockWait);
        try {
            return work.apply(new Repetition(setting, plan, PageSource.open(transactions, plan)));
        } finally {
            lock.close();
        }
    }

    private TablePlan named(String table) {
        List<TablePlan> found = plans.stream()
                .filter(plan ->
                        plan.source().equals(table) || plan.destination().equals(table))
                .toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException(found.size() + " of the " + plans.size() + " tables are called " + table
                    + ", one must be: name it by its source or its destination, as planned");
        }
        return found.get(0);
    }

    /** What is synced, and how. */
    public static final class Builder {
        private final DataSource database;
        private final StreamClient client;
        private final List<TablePlan> plans = new ArrayList<>();
        private CheckpointStore checkpoints = CheckpointStore.inMemory();
        private @Nullable Dialect dialect;
        private BatchPolicy pages = BatchPolicy.DEFAULT;
        private @Nullable Duration horizonLag;
        private @Nullable Duration maxWait;
        private Duration lockWait = Duration.ZERO;
        private SyncListener listener = new SyncListener() {};
        private Duration queryTimeout = Duration.ofMinutes(5);
        private RetryPolicy retries = Transactions.RETRIES;
        private Timing timing = Timing.system();
        private int parallelTables = 1;
        private boolean readAhead = true;

        private Builder(DataSource database, StreamClient client) {
            this.database = database;
            this.client = client;
        }

        /** Adds a table; tables are synced in this order, one after the other unless {@link #parallelTables} says more. */
        public Builder table(TablePlan plan) {
            plans.add(plan.checked());
            return this;
        }

        /** Where progress is kept; in memory unless set, which reads every table anew in the next process. */
        public Builder checkpoints(CheckpointStore store) {
            this.checkpoints = store;
            return this;
        }

        /** The kind of database; unless set, the first pass finds out by {@link Dialect#detect}. */
        public Builder dialect(Dialect dialect) {
            this.dialect = dialect;
            return this;
        }

        /** How much is pushed at a time; {@link BatchPolicy#DEFAULT} unless set. */
        public Builder pages(BatchPolicy policy) {
            this.pages = policy;
            return this;
        }

        /**
         * Whether pages are read while others are on the network; true unless set. Then a transaction reads several
         * pages, up to 16,000,000 bytes of JSON or an eighth of a smaller heap, shared by all tables and threads that read
         * at once, while those of the one before are pushed, as many at a time as {@link StreamClient#maxInFlight} says; after a crash, these are pushed again under their
         * ids. If false, a page is read when the one before it is settled: least memory, fewest repetitions, and nothing
         * is open in the database while rows are on the network.
         */
        public Builder readAhead(boolean reads) {
            this.readAhead = reads;
            return this;
        }

        /**
         * How far to stay behind the clock where the database does not show other users' transactions: longer than any
         * of them lasts, or rows are lost. Not set unless set; such a database is then refused, and so is the first pass
         * over a table while a prepared transaction is open, for which it says how long before that it may have begun.
         */
        public Builder horizonLag(Duration lag) {
            if (lag.isNegative()) {
                throw new IllegalArgumentException("horizonLag must not be negative, found " + lag);
            }
            this.horizonLag = lag;
            return this;
        }

        /**
         * How many tables are synced at once; 1 unless set, on the caller's thread. More have threads of their own, and
         * each takes a connection, and its share of the memory that {@link #readAhead} tells. Checkpoints in a table take
         * one connection more for all of them.
         */
        public Builder parallelTables(int most) {
            if (most < 1) {
                throw new IllegalArgumentException("parallelTables must be at least 1, found " + most);
            }
            this.parallelTables = most;
            return this;
        }

        /**
         * How long a statement may take; 5 minutes unless set. It goes before what the database has set for the user.
         * A server that does not answer at all is given up 30 s later. How long a connection may take to come is the
         * data source's to say.
         */
        public Builder queryTimeout(Duration atMost) {
            if (atMost.toMillis() < 1 || atMost.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException("queryTimeout must be 1 ms to 1 day, found " + atMost);
            }
            this.queryTimeout = atMost;
            return this;
        }

        /**
         * How often reading is tried when connections are lost or not to be had; {@link Transactions#RETRIES} unless
         * set. The deadline counts from the first failure, and no try begins behind it.
         */
        public Builder retries(RetryPolicy policy) {
            this.retries = policy;
            return this;
        }

        /** The clock that waits go by; {@link Timing#system()} unless set. */
        public Builder timing(Timing timing) {
            this.timing = timing;
            return this;
        }

        /**
         * How long rows wait for an open transaction that may yet commit older ones; for as long as it lasts unless set.
         *
         * <p>When it lasts longer, rows are read up to this time behind the database's clock without it, a finding says
         * so in every pass, and from its beginning on they are read once more when it has ended. Rows that were sent
         * meanwhile are then left out if they are among the 10,000 that the checkpoint remembers, and sent twice if not.
         */
        public Builder maxWait(Duration time) {
            if (time.isNegative() || time.isZero()) {
                throw new IllegalArgumentException("maxWait must be more than nothing, found " + time);
            }
            this.maxWait = time;
            return this;
        }

        /**
         * How long to wait for another runner on the same checkpoints to end; zero unless set, which fails at once naming
         * it. An interrupt ends the wait.
         */
        public Builder lockWait(Duration wait) {
            if (wait.isNegative()) {
                throw new IllegalArgumentException("lockWait must not be negative, found " + wait);
            }
            this.lockWait = wait;
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
         * @throws IllegalArgumentException if there is no table, or one is planned twice, or options contradict
         */
        public JdbcExtractor build() {
            if (plans.isEmpty()) {
                throw new IllegalArgumentException("JdbcExtractor needs at least one table");
            }
            if (maxWait != null && horizonLag != null && maxWait.compareTo(horizonLag) <= 0) {
                throw new IllegalArgumentException(
                        "maxWait must be longer than horizonLag, found " + maxWait + " and " + horizonLag);
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
