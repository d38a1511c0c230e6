package dev.sluice.benchmarks.sync;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.JdbcExtractor;
import dev.sluice.jdbc.SyncListener;
import dev.sluice.jdbc.SyncReport;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.spool.Spool;
import dev.sluice.transport.ApiKey;
import dev.sluice.transport.StreamApi;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * This library, as an application would use it: a pool of connections, checkpoints in a folder, defaults elsewhere.
 *
 * @param batch rows in a batch
 * @param gzip whether bodies are compressed
 * @param spool whether rows go by a spool in a file
 */
record TableSync(int batch, boolean gzip, boolean spool) implements Contestant {
    static final String DESTINATION = "bronze.orders";

    private static final Duration PATIENCE = Duration.ofMinutes(30);

    @Override
    public void run(Job job, LongConsumer settled) throws Exception {
        try (TemporaryFolder folder = new TemporaryFolder();
                HikariDataSource database = open(job);
                StreamClient client = client(job, folder.path())) {
            check(extractor(job, database, client, folder.path(), settled).syncOnce(), job.rows());
            // With a spool the pass waits for the disk alone.
            if (client.drain(PATIENCE).pending() > 0) {
                throw new IllegalStateException("not delivered within " + PATIENCE + ": " + client.ledger());
            }
        }
    }

    /** As the command line's program opens it. */
    static HikariDataSource open(Job job) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(job.database());
        config.setMaximumPoolSize(2);
        config.setMinimumIdle(0);
        return new HikariDataSource(config);
    }

    StreamClient client(Job job, Path folder) {
        StreamClient.Builder client = StreamClient.builder()
                .transport(StreamApi.builder()
                        .baseUrl(job.sink().toString())
                        .apiKey(ApiKey.of("benchmark"))
                        .gzip(gzip)
                        .build());
        if (spool) {
            client.spool(Spool.sqlite(folder.resolve("spool.db")));
        }
        return client.build();
    }

    JdbcExtractor extractor(
            Job job, HikariDataSource database, StreamClient client, Path folder, LongConsumer settled) {
        return JdbcExtractor.builder(database, client)
                .table(TablePlan.of(job.table(), DESTINATION)
                        .watermark(SampleTable.WATERMARK)
                        .key(SampleTable.KEY))
                .checkpoints(CheckpointStore.file(folder.resolve("state")))
                .pages(new BatchPolicy(batch, BatchPolicy.DEFAULT.maxBytes()))
                .listener(new SyncListener() {
                    @Override
                    public void pageSettled(String source, String destination, long rows) {
                        settled.accept(rows);
                    }
                })
                .build();
    }

    private static void check(SyncReport report, long rows) {
        if (!report.isClean() || report.rows() != rows) {
            throw new IllegalStateException(report.rows() + " rows of " + rows + " carried: " + report);
        }
    }
}
