package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.TableStatus.State;
import dev.sluice.jdbc.micrometer.ExtractorMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class StatusTest {
    private final TestDatabase db = new TestDatabase();
    private final ManyTables tables = new ManyTables(db, 2);
    private final RecordingLake lake = new RecordingLake();
    private final StreamClient client =
            StreamClient.builder().maxInFlight(1).transport(lake).build();
    private final CrashingStore store = new CrashingStore();
    private final HandClock clock = new HandClock();

    @BeforeEach
    void fill_tables() {
        tables.fill(1, 1, 25);
        tables.fill(2, 1, 5);
    }

    @AfterEach
    void close() {
        client.close();
        db.close();
    }

    @Test
    void knows_nothing_before_the_first_pass() {
        TableStatus status = extractor().status().get(0);
        assertThat(status)
                .isEqualTo(new TableStatus("t1", "bronze.t1", State.WAITING, 0, 0, 0, null, null, null, null, null));
    }

    @Test
    void counts_rows_while_a_pass_runs() {
        JdbcExtractor extractor = extractor();
        List<TableStatus> seen = new ArrayList<>();
        lake.beforeAnswer(batch -> seen.addAll(extractor.status()));
        extractor.syncOnce();
        assertThat(seen)
                .filteredOn(one -> one.state() == State.SYNCING)
                .extracting(one -> one.source() + " " + one.passRows())
                .containsExactly("t1 0", "t1 10", "t1 20", "t2 0");
        assertThat(seen).filteredOn(one -> one.state() == State.WAITING).hasSize(4);
    }

    @Test
    void tells_rows_of_all_passes_and_of_the_last() {
        JdbcExtractor extractor = extractor();
        extractor.syncOnce();
        tables.fill(1, 26, 28);
        clock.advance(Duration.ofMinutes(1));
        extractor.syncOnce();
        TableStatus status = extractor.status().get(0);
        assertThat(status.rows()).isEqualTo(28);
        assertThat(status.passRows()).isEqualTo(3);
        assertThat(status.state()).isEqualTo(State.WAITING);
        assertThat(status.cursor().key()).containsExactly("28");
        assertThat(status.lastSuccess()).isEqualTo(HandClock.START.plusSeconds(60));
        assertThat(status.errors()).isZero();
        assertThat(extractor.status().get(1).rows()).isEqualTo(5);
    }

    @Test
    void lags_behind_the_horizon_of_the_last_complete_pass_and_by_the_time_since() {
        JdbcExtractor extractor = extractor();
        extractor.syncOnce();
        Duration lag = extractor.status().get(0).lag();
        assertThat(lag).isBetween(Duration.ofMillis(100), Duration.ofSeconds(20));
        clock.advance(Duration.ofMinutes(5));
        assertThat(extractor.status().get(0).lag()).isEqualTo(lag.plusMinutes(5));
        extractor.syncOnce();
        assertThat(extractor.status().get(0).lag()).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void lags_further_behind_when_passes_fail_also_in_the_next_process() {
        extractor().syncOnce();
        Saves.locked(
                store,
                store.list().get(0).change().horizon("2025-01-02T00:00:00Z").build());
        db.run("ALTER TABLE t1 ADD n int", "ALTER TABLE t1 ALTER updated_at DROP NOT NULL");
        db.run("INSERT INTO t1 VALUES (99, NULL)");
        JdbcExtractor extractor = extractor();
        extractor.syncOnce();
        TableStatus status = extractor.status().get(0);
        assertThat(status.lag()).isGreaterThan(Duration.ofDays(300));
        assertThat(status.state()).isEqualTo(State.FAILED);
        assertThat(status.error()).contains("has 1 row with NULL in updated_at");
        assertThat(status.errors()).isEqualTo(1);
        assertThat(status.lastSuccess()).isNull();
    }

    @Test
    void shows_the_same_as_metrics() {
        JdbcExtractor extractor = extractor();
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        ExtractorMetrics.watch(extractor, registry, "source_database", "app");
        assertThat(registry.get("sluice.sync.lag")
                        .tag("table", "bronze.t1")
                        .gauge()
                        .value())
                .isNaN();
        extractor.syncOnce();
        db.run("DROP TABLE t2");
        extractor.syncOnce();
        assertThat(counted(registry, "sluice.rows.extracted", "t1")).isEqualTo(25);
        assertThat(counted(registry, "sluice.sync.errors", "t1")).isZero();
        assertThat(counted(registry, "sluice.rows.extracted", "t2")).isEqualTo(5);
        assertThat(counted(registry, "sluice.sync.errors", "t2")).isEqualTo(1);
        assertThat(registry.get("sluice.sync.lag")
                        .tags("source", "t1", "source_database", "app")
                        .gauge()
                        .value())
                .isBetween(0.1, 20.0);
    }

    private static double counted(SimpleMeterRegistry registry, String name, String table) {
        return registry.get(name)
                .tags("source", table, "table", "bronze." + table)
                .functionCounter()
                .count();
    }

    private JdbcExtractor extractor() {
        return JdbcExtractor.builder(db.dataSource(), client)
                .readAhead(false)
                .checkpoints(store)
                .timing(clock)
                .pages(new BatchPolicy(10, 1_000_000))
                .table(ManyTables.plan(1))
                .table(ManyTables.plan(2))
                .build();
    }
}
