package dev.sluice.jdbc;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.source.TablePlan;
import java.util.ArrayList;
import java.util.List;

/** A database, a lake and the checkpoints between them, for tests that sync one table after the other. */
final class TestSync implements AutoCloseable {
    final TestDatabase db = new TestDatabase();
    final RecordingLake lake = new RecordingLake();
    final CrashingStore store = new CrashingStore();
    final List<Finding> told = new ArrayList<>();
    private final StreamClient client =
            StreamClient.builder().maxInFlight(1).transport(lake).build();

    TableReport sync(int pageRows, TablePlan plan) {
        return extractor(pageRows, plan).syncOnce().tables().get(0);
    }

    /** Of a pass without an error. */
    List<JsonNode> rows(TablePlan plan) {
        int before = lake.rows().size();
        TableReport report = sync(100, plan);
        if (report.error() != null) {
            throw report.error();
        }
        return lake.rows().subList(before, lake.rows().size());
    }

    JdbcExtractor extractor(int pageRows, TablePlan plan) {
        return JdbcExtractor.builder(db.dataSource(), client)
                .readAhead(false)
                .checkpoints(store)
                .pages(new BatchPolicy(pageRows, 1_000_000))
                .listener(new SyncListener() {
                    @Override
                    public void found(Finding finding) {
                        told.add(finding);
                    }
                })
                .table(plan)
                .build();
    }

    /** Does something when so many batches have landed, before the last of them is answered. */
    void when(int batches, Runnable action) {
        lake.beforeAnswer(batch -> {
            if (lake.batches().size() == batches) {
                action.run();
            }
        });
    }

    /** Until everything that is committed now lies below the horizon, if nothing else is open. */
    void waitForHorizon() {
        db.one("SELECT pg_sleep(0.15)");
    }

    Checkpoint checkpoint() {
        return store.list().get(0);
    }

    StreamClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
        db.close();
    }
}
