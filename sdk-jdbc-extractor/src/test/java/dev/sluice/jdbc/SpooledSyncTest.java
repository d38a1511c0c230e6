package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.CloseReport;
import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.spool.Spool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A sync by way of the spool, whose process dies at every step between a page and its cursor. */
final class SpooledSyncTest {
    private static final TablePlan CUSTOMERS = TablePlan.of("customers", "bronze.customers")
            .watermark("updated_at")
            .key("id");

    private static final Duration LONG = Duration.ofSeconds(30);

    /** Where the process dies at the second of three pages. */
    private enum Crash {
        BEFORE_PUT,
        AFTER_PUT,
        AFTER_SETTLE,
        BEFORE_SAVE,
        AFTER_SAVE
    }

    /** One life of the process. */
    private final class Life extends ForwardingStore {
        private final CrashingSpool spool = new CrashingSpool(Spool.sqlite(directory.resolve("spool.db")));
        private final StreamClient client =
                StreamClient.builder().transport(lake).spool(spool).build();
        private Runnable beforeSettle = () -> {};

        Life() {
            super(store);
        }

        SyncReport.TableReport sync() {
            return JdbcExtractor.builder(db.dataSource(), client)
                    .readAhead(false)
                    .checkpoints(this)
                    .pages(new BatchPolicy(10, 1_000_000))
                    .table(CUSTOMERS)
                    .build()
                    .syncOnce()
                    .tables()
                    .get(0);
        }

        CloseReport end() {
            return client.close(LONG);
        }

        void crashAt(Crash crash) {
            Runnable dies = atSecond(() -> {
                throw new CrashingStore.CrashError();
            });
            switch (crash) {
                case BEFORE_PUT -> spool.beforePut(dies);
                case AFTER_PUT -> spool.afterPut(dies);
                case AFTER_SETTLE ->
                    beforeSettle = atSecond(() -> {
                        assertThat(end().spooledRows()).isZero();
                        throw new CrashingStore.CrashError();
                    });
                case BEFORE_SAVE -> beforeSettle = dies;
                case AFTER_SAVE -> spool.beforeForget(dies);
            }
        }

        @Override
        public void save(Checkpoint checkpoint) {
            boolean sent = list().stream().anyMatch(before -> !before.pending().isEmpty());
            if (sent && checkpoint.pending().isEmpty()) {
                beforeSettle.run();
            }
            super.save(checkpoint);
        }
    }

    @TempDir
    Path directory;

    private final TestDatabase db = new TestDatabase();
    private final RecordingLake lake = new RecordingLake();
    private final CheckpointStore store = CheckpointStore.inMemory();

    private static Runnable atSecond(Runnable action) {
        AtomicInteger times = new AtomicInteger();
        return () -> {
            if (times.incrementAndGet() == 2) {
                action.run();
            }
        };
    }

    @BeforeEach
    void insert() {
        db.run(
                "CREATE TABLE customers (id bigint PRIMARY KEY, name text, updated_at timestamptz NOT NULL)",
                "INSERT INTO customers SELECT i, 'n' || i, now() - interval '1 hour' FROM generate_series(1, 25) i");
    }

    @AfterEach
    void close() {
        db.close();
    }

    @ParameterizedTest
    @EnumSource
    void sends_every_row_once_wherever_the_process_dies(Crash crash) {
        die(crash);
        Life second = new Life();
        SyncReport.TableReport report = second.sync();
        assertThat(report.error()).isNull();
        assertThat(second.end().spooledRows()).isZero();
        assertThat(sorted()).containsExactlyElementsOf(ids(25));
        // A crash just before an id is forgotten leaves that one: it does no harm.
        assertThat(remembered()).isEqualTo(crash == Crash.AFTER_SAVE ? 1 : 0);
    }

    @ParameterizedTest
    @EnumSource(names = "BEFORE_PUT", mode = EnumSource.Mode.EXCLUDE)
    void repeats_no_unchanged_row_when_others_of_its_page_change_after_the_crash(Crash crash) {
        die(crash);
        db.run("UPDATE customers SET name = 'changed', updated_at = now() WHERE id IN (12, 17)");
        // Until that lies below the horizon.
        db.one("SELECT pg_sleep(0.2)");
        Life second = new Life();
        second.sync();
        second.end();
        List<String> expected = new ArrayList<>(ids(25));
        expected.addAll(List.of("12", "17"));
        assertThat(lake.values("id")).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void moves_the_cursor_when_the_spool_has_the_page_though_nobody_answers() {
        Life life = new Life();
        lake.beforeAnswer(batch -> {
            throw new IllegalStateException("nobody answers");
        });
        SyncReport.TableReport report = life.sync();
        assertThat(report.complete()).isTrue();
        assertThat(report.rows()).isEqualTo(25);
        assertThat(life.client.close(Duration.ZERO).spooledRows()).isEqualTo(25);
        lake.beforeAnswer(batch -> {});
        int before = lake.batches().size();
        Life next = new Life();
        assertThat(next.sync().rows()).isZero();
        next.end();
        assertThat(lake.values("id")
                        .subList(
                                lake.values("id").size() - 25, lake.values("id").size()))
                .containsExactlyInAnyOrderElementsOf(ids(25));
        assertThat(lake.batches().size()).isGreaterThan(before);
    }

    private void die(Crash crash) {
        Life first = new Life();
        first.crashAt(crash);
        assertThatThrownBy(first::sync).isInstanceOf(CrashingStore.CrashError.class);
        first.end();
    }

    private long remembered() {
        try (Spool left = Spool.sqlite(directory.resolve("spool.db"))) {
            return lake.batches().stream()
                    .filter(batch -> left.knows(batch.id()))
                    .count();
        }
    }

    private List<String> sorted() {
        return lake.values("id").stream()
                .map(Integer::valueOf)
                .sorted()
                .map(Object::toString)
                .toList();
    }

    private static List<String> ids(int last) {
        return IntStream.rangeClosed(1, last).mapToObj(Integer::toString).toList();
    }
}
