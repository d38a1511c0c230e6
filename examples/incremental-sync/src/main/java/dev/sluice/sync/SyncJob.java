package dev.sluice.sync;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.Ledger;
import dev.sluice.PushListener;
import dev.sluice.RateLimit;
import dev.sluice.RetryPolicy;
import dev.sluice.StreamClient;
import dev.sluice.jdbc.JdbcExtractor;
import dev.sluice.jdbc.Polling;
import dev.sluice.jdbc.SyncListener;
import dev.sluice.jdbc.SyncPreview;
import dev.sluice.jdbc.SyncReport;
import dev.sluice.jdbc.TableStatus;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.transport.StreamApi;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** One pass over the tables of a configuration file: the only way rows are carried here, in the demo too. */
final class SyncJob {
    private final Console console;
    private final List<TablePlan> plans;
    private final Source source;
    private final StreamApi api;
    private final RetryPolicy retries;
    private final Optional<RateLimit> rateLimit;
    private final Extraction extraction;
    private final State state;
    private final ConfigFile config;
    private Duration lockWait = Duration.ZERO;

    /**
     * Reads the whole configuration, and connects to nothing.
     *
     * @throws CliException if something in it is missing or wrong
     */
    SyncJob(ConfigFile config, List<TablePlan> plans, Console console) {
        this.console = console;
        this.plans = plans;
        this.source = config.source();
        this.api = config.destination();
        this.retries = config.retry();
        this.rateLimit = config.rateLimit();
        this.extraction = config.extraction();
        this.state = config.state();
        this.config = config;
        boolean ignored = config.spool().isPresent();
        config.hideSecrets(console);
    }

    /** Waits so long for another runner on the same state to end; not at all unless set. */
    SyncJob lockWait(Duration wait) {
        lockWait = wait;
        return this;
    }

    /** Whether a bar can be drawn: for one table at a time. */
    boolean isOneByOne() {
        return extraction.parallelTables() == 1;
    }

    /**
     * Runs the pass, blocks until it is over, and prints what it did; a table that failed is in the report.
     *
     * @throws CliException if the database cannot be reached
     */
    Pass run(Progress progress, StopSwitch stop) {
        Pass pass = pass(progress, false, stop, (extractor, client) -> extractor.syncOnce());
        new Results(console, config).print(pass, plans, stop.isStopped());
        return pass;
    }

    /**
     * Passes over the tables until it is stopped; blocks until then, and prints what it did.
     *
     * @return whether each table was read to its end and every row was written
     * @throws CliException if the database cannot be reached to begin with, or the address to listen on cannot be had
     */
    boolean watch(Polling polling, Optional<HttpAddress> http, StopSwitch stop) {
        List<TableStatus> last = new ArrayList<>();
        WatchProgress progress = new WatchProgress(console, plans);
        Pass pass = pass(progress, true, stop, (extractor, client) -> {
            StatusServer server =
                    http.map(address -> serve(address, extractor, client)).orElse(null);
            try (server) {
                return extractor.run(polling);
            } finally {
                last.addAll(extractor.status());
            }
        });
        return new Results(console, config).printWatch(pass, last, progress.isComplete());
    }

    private StatusServer serve(HttpAddress address, JdbcExtractor extractor, StreamClient client) {
        StatusServer server = StatusServer.start(address, () -> Snapshot.of(extractor, client), console);
        console.progress("status page at " + server.url());
        return server;
    }

    /**
     * What a pass did.
     *
     * @param report what it read
     * @param ledger what became of it, and of what the spool had before
     * @param tables the tables it should have read
     * @param trouble why the last batch that went back to the spool did so; empty if none did
     */
    record Pass(SyncReport report, Ledger ledger, int tables, String trouble) {
        /** Whether every table was read to its end and every row was written. */
        boolean isDelivered() {
            return report.isClean() && report.tables().size() == tables && ledger.isSettled() && ledger.dead() == 0;
        }
    }

    /**
     * Sends the rows of a stretch of a single table again, blocks until it is over, and prints what it did.
     *
     * @throws CliException if the database cannot be reached, or the stretch makes no sense
     */
    Pass resend(String table, String from, String to, StopSwitch stop) {
        Pass pass = pass(console.progress(true), false, stop, (extractor, client) -> {
            SyncReport.TableReport report = checked(() -> extractor.resend(table, from, to));
            return new SyncReport(List.of(report), !report.complete() && report.error() == null);
        });
        new Results(console, config).print(pass, plans, stop.isStopped());
        return pass;
    }

    /**
     * Sets a single table back.
     *
     * @throws CliException if the database cannot be reached, or the watermark makes no sense
     */
    Cursor rewind(String table, String watermark) {
        return quietly(extractor -> checked(() -> extractor.rewind(table, watermark)));
    }

    /** What a pass would do if it began now. */
    List<SyncPreview> preview() {
        return quietly(JdbcExtractor::preview);
    }

    private static <T> T checked(Supplier<T> work) {
        try {
            return work.get();
        } catch (IllegalArgumentException e) {
            throw CliException.usage(Words.firstLine(e), e);
        }
    }

    /** Work that sends nothing, so that a spool is not opened, which another process may have. */
    private <T> T quietly(Function<JdbcExtractor, T> work) {
        try (StreamClient client = StreamClient.builder().transport(api).build();
                HikariDataSource database = source.open(extraction.connections(plans));
                State.Opened opened = state.open()) {
            return work.apply(extractor(database, client, opened.store(), new SyncListener() {}));
        }
    }

    private Pass pass(
            Progress progress,
            boolean outlivesDatabase,
            StopSwitch stop,
            BiFunction<JdbcExtractor, StreamClient, SyncReport> work) {
        Running running = new Running(progress, outlivesDatabase);
        StreamClient client = client(running);
        try (HikariDataSource database = source.open(extraction.connections(plans));
                State.Opened opened = state.open()) {
            JdbcExtractor extractor = extractor(database, client, opened.store(), running);
            running.begins(extractor, client, lockWait);
            stop.target(running);
            SyncReport report = work.apply(extractor, client);
            // It has ended the wait for the lock, or came too late for that; what follows is not to be disturbed.
            boolean ignored = Thread.interrupted();
            // What is left by then stays in the spool, if there is one, for the next sync.
            Ledger ledger = client.drain(retries.deadline());
            return new Pass(report, ledger, plans.size(), running.trouble());
        } finally {
            client.close(Duration.ZERO);
            progress.close();
        }
    }

    private StreamClient client(PushListener listener) {
        StreamClient.Builder client =
                StreamClient.builder().transport(api).retries(retries).listener(listener);
        config.openSpool()
                .ifPresentOrElse(client::spool, () -> client.deadLetters(DeadLetters.directory(config.deadLetters())));
        rateLimit.ifPresent(client::rateLimit);
        return client.build();
    }

    private JdbcExtractor extractor(
            DataSource database, StreamClient client, CheckpointStore checkpoints, SyncListener listener) {
        return extraction
                .builder(plans, database, client, checkpoints)
                .lockWait(lockWait)
                .listener(listener)
                .build();
    }
}
