package dev.sluice.jdbc;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.TablePlan;
import java.util.List;

/** Ten events, one for each minute from 00:01 to 00:10, that were synced by pages of three rows. */
final class Repeated implements AutoCloseable {
    static final TablePlan EVENTS = TablePlan.of("events", "bronze.events")
            .watermark("updated_at")
            .key("id")
            .cdc(true);

    final TestDatabase db = new TestDatabase();
    final RecordingLake lake = new RecordingLake();
    final StreamClient client =
            StreamClient.builder().maxInFlight(1).transport(lake).build();
    final CrashingStore store = new CrashingStore();

    Repeated() {
        db.run(
                "CREATE TABLE events (id bigint PRIMARY KEY, name text, updated_at timestamptz NOT NULL)",
                "INSERT INTO events SELECT i, 'n' || i, timestamptz '2025-01-01Z' + i * interval '1 minute'"
                        + " FROM generate_series(1, 10) i");
    }

    static String at(int minute) {
        return "2025-01-01 00:%02d:00+00".formatted(minute);
    }

    JdbcExtractor extractor(TablePlan plan) {
        return builder(plan, store).build();
    }

    JdbcExtractor.Builder builder(TablePlan plan, CheckpointStore checkpoints) {
        return JdbcExtractor.builder(db.dataSource(), client)
                .readAhead(false)
                .checkpoints(checkpoints)
                .pages(new BatchPolicy(3, 1_000_000))
                .table(plan);
    }

    TableReport sync() {
        return extractor(EVENTS).syncOnce().tables().get(0);
    }

    /** Until everything that is committed now lies below the horizon, if nothing else is open. */
    void waitForHorizon() {
        db.one("SELECT pg_sleep(0.15)");
    }

    Checkpoint checkpoint() {
        return store.list().get(0);
    }

    /** The ids of the rows that arrived behind the first so many. */
    List<String> ids(int behind) {
        List<String> all = lake.values("id");
        return all.subList(behind, all.size());
    }

    long sequence(int row) {
        return lake.rows().get(row).get("_cdc_seq").longValue();
    }

    JsonNode last() {
        List<JsonNode> rows = lake.rows();
        return rows.get(rows.size() - 1);
    }

    @Override
    public void close() {
        client.close();
        db.close();
    }
}
