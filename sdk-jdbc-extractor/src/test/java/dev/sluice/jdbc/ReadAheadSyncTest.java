package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RetryPolicy;
import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.TablePlan;
import java.util.HashSet;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of pages that are read together, and while others are on the network. */
@Timeout(120)
class ReadAheadSyncTest {
    private static final int ROWS = 500;
    private static final int PAGE = 10;
    private static final TablePlan ORDERS =
            TablePlan.of("orders", "bronze.orders").watermark("updated_at").key("id");

    private final TestDatabase db = new TestDatabase();
    private final RecordingLake lake = new RecordingLake();
    private final CheckpointStore store = CheckpointStore.inMemory();
    private final StreamClient client = StreamClient.builder()
            .transport(lake)
            .retries(RetryPolicy.DEFAULT.withMaxAttempts(1))
            .maxInFlight(1)
            .build();

    @AfterEach
    void close() {
        client.close();
        db.close();
    }

    @Test
    void goes_on_reading_while_a_page_is_on_the_network() {
        create("id int PRIMARY KEY");
        AtomicInteger read = new AtomicInteger();
        Semaphore one = new Semaphore(0);
        lake.beforeAnswer(batch -> {
            // Those of the first transaction are read before anything is sent; the second one is begun at once then.
            if (lake.batches().size() == 1) {
                assertThat(acquired(one, PAGE + 1)).isTrue();
            }
        });
        TableReport report = sync(ORDERS.transform(row -> {
            read.incrementAndGet();
            one.release();
            return Optional.of(row);
        }));
        assertThat(report.error()).isNull();
        assertThat(report.rows()).isEqualTo(ROWS);
        assertThat(read).hasValue(ROWS);
        assertThat(lake.values("id")).hasSize(ROWS).doesNotHaveDuplicates();
    }

    @Test
    void leaves_the_failed_page_alone_pending_when_one_of_several_fails() {
        create("id int PRIMARY KEY");
        AtomicBoolean failed = new AtomicBoolean();
        lake.beforeAnswer(batch -> {
            if (lake.batches().size() == 4 && failed.compareAndSet(false, true)) {
                throw new IllegalStateException("lost");
            }
        });
        assertThat(sync(ORDERS).error()).isNotNull();
        assertThat(lake.batches()).hasSize(4);
        Checkpoint checkpoint = store.list().get(0);
        assertThat(checkpoint.pending()).hasSize(1);
        assertThat(checkpoint.pending().get(0).batch()).isEqualTo(lake.ids().get(3));
        assertThat(checkpoint.rows()).isEqualTo(3 * PAGE);

        assertThat(sync(ORDERS).error()).isNull();
        assertThat(lake.ids().get(4)).isEqualTo(lake.ids().get(3));
        assertThat(new HashSet<>(lake.values("id"))).hasSize(ROWS);
        assertThat(lake.values("id")).hasSize(ROWS + PAGE);
    }

    @Test
    void refuses_a_key_that_is_not_unique_when_a_page_among_others_ends_at_it() {
        create("id int NOT NULL");
        db.run("UPDATE orders SET id = 30 WHERE id = 31");
        assertThat(sync(ORDERS).error()).hasMessageContaining("several rows of the same key");
    }

    private void create(String id) {
        db.run(
                "CREATE TABLE orders (" + id + ", updated_at timestamptz NOT NULL)",
                "INSERT INTO orders SELECT i, '2025-01-01Z' FROM generate_series(1, " + ROWS + ") i");
    }

    private TableReport sync(TablePlan plan) {
        return JdbcExtractor.builder(db.dataSource(), client)
                .checkpoints(store)
                .pages(new BatchPolicy(PAGE, 1_000_000))
                .table(plan)
                .build()
                .syncOnce()
                .tables()
                .get(0);
    }

    private static boolean acquired(Semaphore semaphore, int permits) {
        try {
            return semaphore.tryAcquire(permits, 30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
