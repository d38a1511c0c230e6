package dev.sluice.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RetryPolicy;
import dev.sluice.StreamClient;
import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.Chunk;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.source.TablePlan;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An initial load whose process dies at every save, or loses any answer, and that goes on. */
final class LoadCrashTest {
    private static final TablePlan ORDERS =
            TablePlan.of("orders", "bronze.orders").watermark("updated_at").key("id");

    /** Twelve pages: four threads get three of them each. */
    private static final int ROWS = 120;

    private static final int PAGE = 10;

    private final TestDatabase db = new TestDatabase();

    @BeforeEach
    void create_orders() {
        db.run(
                "CREATE TABLE orders (id int PRIMARY KEY, name text, updated_at timestamptz NOT NULL)",
                insert(),
                "ANALYZE orders");
    }

    private static String insert() {
        return "INSERT INTO orders SELECT i, 'n', '2025-01-01Z' FROM generate_series(1, " + ROWS + ") i";
    }

    @AfterEach
    void close() {
        db.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void repeats_only_pending_batches_wherever_it_crashes(int threads) {
        TablePlan plan = ORDERS.cdc(true).loadThreads(threads);
        int saves = 0;
        boolean crashed = true;
        while (crashed) {
            try (Life life = new Life(plan)) {
                life.crashing.crashAt(++saves);
                crashed = life.dies();
                life.goOn();
                life.assertWhole();
            }
        }
        assertThat(saves).isGreaterThan(6);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void repeats_only_pending_batches_whichever_answer_is_lost(int threads) {
        for (int lost = 1; lost <= ROWS / PAGE; lost++) {
            try (Life life = new Life(ORDERS.loadThreads(threads))) {
                life.loseAnswer(lost);
                assertThat(life.run().error()).isNotNull();
                life.goOn();
                life.assertWhole();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void goes_on_when_the_last_rows_of_pending_ranges_are_gone(int threads) {
        for (int lost = 1; lost <= ROWS / PAGE; lost++) {
            db.run("DELETE FROM orders", insert());
            try (Life life = new Life(ORDERS.cdc(true).loadThreads(threads))) {
                life.loseAnswer(lost);
                assertThat(life.run().error()).isNotNull();
                List<String> ends = life.pendingEnds();
                assertThat(ends).isNotEmpty();
                db.run("DELETE FROM orders WHERE id IN (" + String.join(", ", ends) + ")");
                TableReport report = life.run();
                assertThat(report.error()).isNull();
                assertThat(report.complete()).isTrue();
                List<String> left = List.of(
                        db.one("SELECT string_agg(id::text, ',') FROM orders").split(",", -1));
                assertThat(life.landed.values("id")).containsAll(left);
                // Once before and once as they are now.
                List<String> arrived = life.landed.values("id");
                assertThat(arrived).allMatch(id -> Collections.frequency(arrived, id) <= 2);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void goes_on_when_it_fails_more_than_once(int threads) {
        try (Life life = new Life(ORDERS.cdc(true).loadThreads(threads))) {
            AtomicInteger times = new AtomicInteger();
            life.landed.beforeAnswer(batch -> {
                if (times.incrementAndGet() % 3 == 2) {
                    throw new IllegalStateException("lost");
                }
            });
            for (int pass = 0; pass < 3 * ROWS / PAGE && life.run().error() != null; pass++) {
                assertThat(life.pendingEnds()).isNotEmpty();
            }
            life.landed.beforeAnswer(batch -> {});
            life.goOn();
            life.assertUnderOneIdEach(ROWS);
        }
    }

    @Test
    void goes_on_when_a_page_among_pending_ones_has_nothing_that_is_sent() {
        TablePlan plan = ORDERS.cdc(true)
                .transform(row ->
                        (((Number) row.get("id")).intValue() - 1) / PAGE == 3 ? Optional.empty() : Optional.of(row));
        int saves = 0;
        boolean crashed = true;
        while (crashed) {
            try (Life life = new Life(plan)) {
                life.crashing.crashAt(++saves);
                crashed = life.dies();
                life.goOn();
                life.assertUnderOneIdEach(ROWS - PAGE);
            }
        }
        assertThat(saves).isGreaterThan(6);
    }

    /** A sync of its own with a crash or a lost answer, and those that go on behind it. */
    private final class Life implements AutoCloseable {
        private final CrashingStore crashing = new CrashingStore();
        private final RecordingLake landed = new RecordingLake();
        private final StreamClient sender = StreamClient.builder()
                .transport(landed)
                .retries(RetryPolicy.DEFAULT.withMaxAttempts(1))
                .build();
        private final TablePlan plan;
        private Set<String> settled = Set.of();
        private int before;
        private int pending;

        Life(TablePlan plan) {
            this.plan = plan;
        }

        void loseAnswer(int number) {
            AtomicInteger times = new AtomicInteger();
            landed.beforeAnswer(batch -> {
                if (times.incrementAndGet() == number) {
                    throw new IllegalStateException("lost");
                }
            });
        }

        boolean dies() {
            try {
                assertThat(run().error()).isNull();
                return false;
            } catch (CrashingStore.CrashError e) {
                return true;
            }
        }

        void goOn() {
            crashing.restart();
            settled = settled(crashing.list());
            pending = crashing.list().stream()
                    .mapToInt(one -> one.pending().size())
                    .sum();
            before = landed.rows().size();
            assertThat(run().error()).isNull();
        }

        /** The keys of the last rows of pending ranges. */
        List<String> pendingEnds() {
            return crashing.list().get(0).pending().stream()
                    .map(range -> range.to().key().get(0))
                    .toList();
        }

        TableReport run() {
            return JdbcExtractor.builder(db.dataSource(), sender)
                    .checkpoints(crashing)
                    .pages(new BatchPolicy(PAGE, 1_000_000))
                    .table(plan)
                    .build()
                    .syncOnce()
                    .tables()
                    .get(0);
        }

        void assertWhole() {
            List<String> arrived = landed.values("id");
            assertThat(new HashSet<>(arrived)).hasSize(ROWS);
            assertThat(arrived.subList(before, arrived.size())).noneMatch(settled::contains);
            long repeated = landed.ids().size() - new HashSet<>(landed.ids()).size();
            assertThat(repeated).isLessThanOrEqualTo(pending);
            assertUnderOneIdEach(ROWS);
        }

        /** However often a row came, it came under the same id and with the same stamps. */
        void assertUnderOneIdEach(int rows) {
            assertThat(new HashSet<>(landed.values("id"))).hasSize(rows);
            assertThat(landed.batches().stream().flatMap(LoadCrashTest::rows).distinct())
                    .hasSize(rows);
        }

        @Override
        public void close() {
            sender.close();
        }
    }

    /** Each with its batch's id: they differ if a row came under two ids, or was stamped anew. */
    private static Stream<String> rows(Batch batch) {
        return IntStream.range(0, batch.rows()).mapToObj(i -> batch.id() + " " + new String(batch.row(i), UTF_8));
    }

    /** The ids of which the checkpoint says that they are settled. */
    private static Set<String> settled(List<Checkpoint> checkpoints) {
        Set<String> settled = new HashSet<>();
        for (Checkpoint checkpoint : checkpoints) {
            if (checkpoint.loaded()) {
                settled.addAll(ids(1, ROWS));
            } else if (checkpoint.load() != null) {
                checkpoint.load().chunks().forEach(chunk -> settled.addAll(settled(chunk)));
            }
        }
        return settled;
    }

    private static List<String> settled(Chunk chunk) {
        Cursor end = chunk.done() ? chunk.to() : chunk.next();
        int from =
                chunk.from() == null ? 0 : Integer.parseInt(chunk.from().key().get(0));
        int to = end == null
                ? (chunk.done() ? ROWS : 0)
                : Integer.parseInt(end.key().get(0));
        return ids(from + 1, to);
    }

    private static List<String> ids(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
    }
}
