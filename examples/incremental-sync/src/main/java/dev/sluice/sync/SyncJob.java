package dev.sluice.sync;

import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.Ledger;
import dev.sluice.PushListener;
import dev.sluice.RateLimit;
import dev.sluice.RetryPolicy;
import dev.sluice.StreamClient;
import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.JdbcExtractor;
import dev.sluice.jdbc.SyncListener;
import dev.sluice.jdbc.SyncReport;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.receipt.Receipt;
import dev.sluice.transport.StreamApi;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/** One pass over the tables of a configuration file: the only way rows are carried here, in the demo too. */
final class SyncJob {
    private final Console console;
    private final List<TablePlan> plans;
    private final Source source;
    private final StreamApi api;
    private final RetryPolicy retries;
    private final Optional<RateLimit> rateLimit;
    private final BatchPolicy pages;
    private final Optional<Duration> horizonLag;
    private final Path state;
    private final ConfigFile config;

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
        this.pages = config.batch();
        this.horizonLag = config.horizonLag();
        this.state = config.state();
        this.config = config;
        boolean ignored = config.spool().isPresent();
        console.hide(source.secret());
        console.hide(config.apiKey());
    }

    /**
     * Runs the pass, blocks until it is over, and prints what it did; a table that failed is in the report.
     *
     * @throws CliException if the database cannot be reached
     */
    Pass run(Progress progress, StopSwitch stop) {
        Pass pass = pass(progress, stop);
        new Results(console, config).print(pass, plans, stop.isStopped());
        return pass;
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

    private Pass pass(Progress progress, StopSwitch stop) {
        Running running = new Running(progress);
        try (StreamClient client = client(running);
                HikariDataSource database = source.open()) {
            JdbcExtractor extractor = extractor(database, client, running);
            running.begins(extractor, client);
            stop.target(running);
            SyncReport report = extractor.syncOnce();
            // What is left by then stays in the spool, if there is one, for the next sync.
            Ledger ledger = client.drain(retries.deadline());
            client.close(Duration.ZERO);
            return new Pass(report, ledger, plans.size(), running.trouble);
        } finally {
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

    private JdbcExtractor extractor(DataSource database, StreamClient client, SyncListener listener) {
        JdbcExtractor.Builder extractor = JdbcExtractor.builder(database, client)
                .checkpoints(CheckpointStore.file(state))
                .pages(pages)
                .listener(listener);
        horizonLag.ifPresent(extractor::horizonLag);
        plans.forEach(extractor::table);
        return extractor.build();
    }

    /** A pass that can be stopped; what it hears of progress it passes on. */
    private static final class Running implements StopSwitch.Target, SyncListener, PushListener {
        private final Progress progress;
        private Runnable stop = () -> {};
        private Runnable abort = () -> {};
        private volatile boolean stopping;
        private volatile boolean retrying;
        private volatile String trouble = "";

        Running(Progress progress) {
            this.progress = progress;
        }

        void begins(JdbcExtractor extractor, StreamClient client) {
            stop = extractor::stop;
            abort = client::abort;
        }

        @Override
        public void stop() {
            stopping = true;
            stop.run();
            if (retrying) {
                abort();
            }
        }

        @Override
        public void abort() {
            abort.run();
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
        }

        @Override
        public void tableStarted(String source, String destination, long expectedRows) {
            progress.tableStarted(source, destination, expectedRows);
        }

        @Override
        public void pageSettled(String source, String destination, long rows) {
            progress.pageSettled(source, destination, rows);
        }

        @Override
        public void tableEnded(SyncReport.TableReport report) {
            progress.tableEnded(report);
            if (report.error() != null && Failures.isUnreachable(report.error())) {
                // The tables after it would each wait for a connection too.
                stop.run();
            }
        }
    }
}
