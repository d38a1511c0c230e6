package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.StreamClient;
import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.testing.MySqlServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A database, a lake and a store of checkpoints between which one table is synced. */
final class SyncFixture implements AutoCloseable {
    final TestDatabase db;
    final RecordingLake lake = new RecordingLake();
    final CrashingStore store = new CrashingStore();
    private final StreamClient client =
            StreamClient.builder().maxInFlight(1).transport(lake).build();
    private final String settle;

    SyncFixture() {
        this(new TestDatabase(), "SELECT pg_sleep(0.15)");
    }

    private SyncFixture(TestDatabase db, String settle) {
        this.db = db;
        this.settle = settle;
    }

    /** On MySQL or MariaDB, whose horizon stays two seconds behind. */
    static SyncFixture of(MySqlServer server) {
        return new SyncFixture(new TestDatabase(server.newDatabase()), "SELECT SLEEP(2.2)");
    }

    JdbcExtractor.Builder extractor(TablePlan plan) {
        return JdbcExtractor.builder(db.dataSource(), client)
                .readAhead(false)
                .checkpoints(store)
                .pages(new BatchPolicy(10, 1_000_000))
                .table(plan);
    }

    TableReport sync(TablePlan plan) {
        return sync(extractor(plan));
    }

    /** A pass that must not fail. */
    TableReport sync(JdbcExtractor.Builder extractor) {
        TableReport report = extractor.build().syncOnce().tables().get(0);
        assertThat(report.error()).isNull();
        return report;
    }

    Connection begin() throws SQLException {
        Connection connection = db.dataSource().getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    /** Until everything that is committed now lies below the horizon, if nothing else is open. */
    void waitForHorizon() {
        db.one(settle);
    }

    Checkpoint checkpoint() {
        return store.list().get(0);
    }

    static List<String> codes(TableReport report) {
        return report.findings().stream().map(Finding::code).toList();
    }

    static Optional<String> sentence(TableReport report, String code) {
        return report.findings().stream()
                .filter(finding -> finding.code().equals(code))
                .map(Finding::sentence)
                .findFirst();
    }

    /**
     * Lets the process die at the save behind so many others, and then syncs again.
     *
     * @return false if a pass has fewer saves
     */
    boolean crashesAfter(int saves, JdbcExtractor.Builder extractor) {
        store.crashAfter(saves);
        try {
            sync(extractor);
            store.crashAfter(-1);
            return false;
        } catch (CrashingStore.CrashError expected) {
            sync(extractor);
            return true;
        }
    }

    /** One field of every row, those of a batch that came twice under one id only once. */
    List<String> valuesOnce(String field) {
        Set<String> ids = new HashSet<>();
        List<String> all = lake.values(field);
        List<String> once = new ArrayList<>();
        int at = 0;
        for (Batch batch : lake.batches()) {
            if (ids.add(batch.id().value())) {
                once.addAll(all.subList(at, at + batch.rows()));
            }
            at += batch.rows();
        }
        return once;
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
