package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.RetryPolicy;
import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.Chunk;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.Load;
import dev.sluice.jdbc.source.TablePlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The first pass over a table: in the order of its key, in chunks, by several threads. */
final class InitialLoadTest {
    private static final TablePlan ORDERS =
            TablePlan.of("orders", "bronze.orders").watermark("updated_at").key("id");

    private static final int PAGE = 10;

    private final TestDatabase db = new TestDatabase();
    private final RecordingLake lake = new RecordingLake();
    private final StreamClient client = client(lake);
    private final CrashingStore store = new CrashingStore();

    @AfterEach
    void close() {
        client.close();
        db.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void delivers_every_row_once_and_none_again(int threads) {
        createOrders(-50, 149);
        TableReport report = sync(ORDERS.cdc(true).loadThreads(threads));
        assertThat(report.error()).isNull();
        assertThat(report.complete()).isTrue();
        assertThat(report.rows()).isEqualTo(200);
        assertThat(sync(ORDERS.cdc(true).loadThreads(threads)).rows()).isZero();
        assertThat(lake.values("id")).containsExactlyInAnyOrderElementsOf(ids(-50, 149));
        assertThat(lake.values("_cdc_op")).containsOnly("c");
        assertThat(lake.values("_cdc_seq")).doesNotHaveDuplicates();
    }

    @Test
    void loads_two_hundred_thousand_rows_with_four_threads() {
        createOrders(1, 200_000);
        List<Checkpoint> seen = new CopyOnWriteArrayList<>();
        lake.beforeAnswer(batch -> seen.add(checkpoint()));
        SyncReport report = JdbcExtractor.builder(db.dataSource(), client)
                .readAhead(false)
                .checkpoints(store)
                .table(ORDERS.loadThreads(4))
                .build()
                .syncOnce();
        assertThat(report.rows()).isEqualTo(200_000);
        assertThat(report.isClean()).isTrue();
        assertThat(new HashSet<>(lake.values("id"))).hasSize(200_000);
        assertThat(seen.get(0).load().chunks())
                .extracting(Chunk::to)
                .containsExactly(place("50000"), place("100000"), place("150000"), null);
    }

    @Test
    void has_a_page_of_each_thread_on_its_way_at_the_same_time() {
        createOrders(1, 200);
        CountDownLatch all = new CountDownLatch(4);
        lake.beforeAnswer(batch -> {
            all.countDown();
            await(all);
        });
        assertThat(sync(ORDERS.loadThreads(4)).rows()).isEqualTo(200);
        assertThat(all.getCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void carries_every_state_once_when_rows_change_during_the_load(int threads) {
        createOrders(1, 200);
        AtomicInteger times = new AtomicInteger();
        lake.beforeAnswer(batch -> {
            int i = times.incrementAndGet();
            if (i <= 15) {
                db.run(
                        "UPDATE orders SET name = 'updated', updated_at = now() WHERE id = " + i * 13,
                        "INSERT INTO orders VALUES (" + (500 - i * 70) + ", 'inserted', now()) ON CONFLICT DO NOTHING",
                        "UPDATE orders SET id = 1000 + id, name = 'moved', updated_at = now() WHERE id = "
                                + (i * 13 + 1));
            }
        });
        sync(ORDERS.loadThreads(threads));
        lake.beforeAnswer(batch -> {});
        waitForHorizon();
        sync(ORDERS.loadThreads(threads));
        List<String> arrived = lake.rows().stream().map(InitialLoadTest::state).toList();
        assertThat(arrived).doesNotHaveDuplicates();
        assertThat(arrived).containsAll(states());
    }

    @Test
    void reads_what_changed_during_the_load_in_the_same_pass() {
        createOrders(1, 15);
        lake.beforeAnswer(batch -> {
            if (lake.batches().size() == 1) {
                db.run("UPDATE orders SET name = 'updated', updated_at = now() WHERE id = 3");
                waitForHorizon();
            }
        });
        sync(ORDERS.cdc(true));
        assertThat(lake.values("name").get(15)).isEqualTo("updated");
        assertThat(lake.values("_cdc_op").get(15)).isEqualTo("u");
    }

    @Test
    void begins_the_changes_at_the_horizon_of_the_load() {
        createOrders(1, 5);
        List<Checkpoint> seen = new ArrayList<>();
        lake.beforeAnswer(batch -> seen.add(checkpoint()));
        sync(ORDERS);
        Load load = seen.get(0).load();
        assertThat(load.chunks()).containsExactly(new Chunk(null, null, null, false));
        assertThat(seen.get(0).horizon()).isEqualTo(load.horizon());
        assertThat(checkpoint().cursor()).isEqualTo(new Cursor(load.bound(), List.of()));
        assertThat(checkpoint().loaded()).isTrue();
        assertThat(checkpoint().load()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "int",
                "uuid DEFAULT gen_random_uuid()",
                "text COLLATE \"C\"",
                "text COLLATE \"en-x-icu\"",
                "numeric(9,3)",
                "timestamp",
                "bytea",
                "char(9)"
            })
    void delivers_every_row_once_whatever_the_keys_type_is(String type) {
        String value = type.startsWith("text")
                ? "chr(65 + (i % 2) * 32 + i % 26) || '-' || i"
                : type.startsWith("uuid")
                        ? "gen_random_uuid()"
                        : type.startsWith("timestamp")
                                ? "'0044-03-15 BC'::timestamp + i * interval '1 year 0.1 s'"
                                : type.startsWith("bytea") ? "decode(md5(i::text), 'hex')" : "(i - 100)";
        db.run(
                "CREATE TABLE odd (k " + type + " PRIMARY KEY, n int, updated_at timestamptz NOT NULL)",
                "INSERT INTO odd SELECT " + value + ", i, '2025-01-01Z' FROM generate_series(1, 200) i",
                "ANALYZE odd");
        assertCutAndWhole(TablePlan.of("odd", "bronze.odd").key("k"));
    }

    @Test
    void delivers_every_row_once_when_the_key_has_several_columns() {
        db.run(
                "CREATE TABLE parts (a int, b text COLLATE \"en-x-icu\", c date, n int, updated_at timestamptz NOT NULL,"
                        + " PRIMARY KEY (a, b, c))",
                "INSERT INTO parts SELECT -(i % 3), chr(65 + (i % 2) * 32 + i % 5), '2025-01-01'::date + i, i,"
                        + " '2025-01-01Z' FROM generate_series(1, 200) i",
                "ANALYZE parts");
        assertCutAndWhole(TablePlan.of("parts", "bronze.parts").key("a", "b", "c"));
    }

    @Test
    void delivers_rows_of_all_places_when_the_rows_at_its_cuts_are_gone() {
        createOrders(1, 200);
        lake.beforeAnswer(batch -> {
            if (lake.batches().size() == 3) {
                store.crash();
            }
        });
        assertThatThrownBy(() -> sync(ORDERS.loadThreads(4))).isInstanceOf(CrashingStore.CrashError.class);
        lake.beforeAnswer(batch -> {});
        db.run("DELETE FROM orders WHERE id IN (50, 100, 150, 200)");
        db.run("INSERT INTO orders VALUES (-5, 'first', '2025-01-01Z'), (500, 'last', '2025-01-01Z')");
        assertThat(sync(ORDERS.loadThreads(4)).error()).isNull();
        // The first chunk may have been read beyond its beginning when -5 came with an old time.
        assertThat(lake.values("id")).contains("500", "49", "51", "99", "101", "149", "151", "199");
    }

    @Test
    void ends_all_threads_behind_their_pages_when_one_fails() {
        createOrders(1, 400);
        CountDownLatch all = new CountDownLatch(4);
        AtomicInteger times = new AtomicInteger();
        lake.beforeAnswer(batch -> {
            int i = times.incrementAndGet();
            all.countDown();
            await(all);
            if (i <= 2) {
                throw new IllegalStateException("answer " + i + " is lost");
            }
        });
        TableReport report = sync(ORDERS.loadThreads(4));
        assertThat(report.error()).isNotNull();
        assertThat(report.complete()).isFalse();
        assertThat(lake.batches()).hasSizeLessThan(12);
        assertThat(checkpoint().pending()).hasSizeBetween(1, 4);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void ends_behind_the_pages_on_their_way_when_it_is_stopped(int threads) {
        createOrders(1, 400);
        JdbcExtractor extractor = extractor(ORDERS.loadThreads(threads));
        lake.beforeAnswer(batch -> extractor.stop());
        TableReport report = extractor.syncOnce().tables().get(0);
        assertThat(report.error()).isNull();
        assertThat(report.complete()).isFalse();
        assertThat(lake.batches()).hasSizeBetween(1, threads);
        assertThat(checkpoint().pending()).isEmpty();
        lake.beforeAnswer(batch -> {});
        sync(ORDERS.loadThreads(threads));
        assertThat(lake.values("id")).containsExactlyInAnyOrderElementsOf(ids(1, 400));
    }

    @Test
    void goes_on_in_the_order_of_the_watermark_when_an_older_version_had_begun_so() {
        createOrders(1, 30);
        db.run("UPDATE orders SET updated_at = '2025-01-01Z'::timestamptz - id * interval '1 day'");
        sync(ORDERS);
        Checkpoint old = checkpoint().reset().change().cursor(oldest(20)).build();
        Saves.locked(store, old);
        sync(ORDERS);
        assertThat(lake.values("id").subList(30, lake.rows().size()))
                .containsExactlyElementsOf(IntStream.iterate(19, i -> i - 1)
                        .limit(19)
                        .mapToObj(Integer::toString)
                        .toList());
    }

    @Test
    void tells_how_many_rows_are_left_when_it_goes_on() {
        createOrders(1, 100);
        List<Long> expected = new ArrayList<>();
        SyncListener listener = new SyncListener() {
            @Override
            public void tableStarted(String source, String destination, long rows) {
                expected.add(rows);
            }
        };
        for (int i = 0; i < 2; i++) {
            JdbcExtractor extractor = builder(ORDERS).listener(listener).build();
            lake.beforeAnswer(batch -> extractor.stop());
            extractor.syncOnce();
        }
        lake.beforeAnswer(batch -> {});
        builder(ORDERS).listener(listener).build().syncOnce();
        builder(ORDERS).listener(listener).build().syncOnce();
        assertThat(expected).containsExactly(100L, 90L, 80L, -1L);
    }

    @Test
    void refuses_to_go_on_when_the_database_was_put_back_to_before_the_load() {
        createOrders(1, 30);
        JdbcExtractor extractor = extractor(ORDERS);
        lake.beforeAnswer(batch -> extractor.stop());
        extractor.syncOnce();
        Saves.locked(
                store, checkpoint().change().horizon("2999-01-01T00:00:00Z").build());
        assertThat(sync(ORDERS).error()).hasMessageContaining("lies in the future of the database");
        assertThat(lake.rows()).hasSize(10);
    }

    private void assertCutAndWhole(TablePlan plan) {
        List<Integer> chunks = new CopyOnWriteArrayList<>();
        lake.beforeAnswer(batch -> chunks.add(checkpoint().load().chunks().size()));
        TableReport report = sync(plan.watermark("updated_at").loadThreads(4));
        assertThat(report.error()).isNull();
        assertThat(lake.values("n")).containsExactlyInAnyOrderElementsOf(ids(1, 200));
        assertThat(chunks).containsOnly(4);
    }

    private Cursor oldest(int id) {
        return new Cursor(
                db.one("SELECT (updated_at AT TIME ZONE 'UTC') || '+00' FROM orders WHERE id = " + id),
                List.of(Integer.toString(id)));
    }

    private List<String> states() {
        return List.of(Objects.requireNonNull(db.one("SELECT string_agg(id || ' ' || name, ',') FROM orders"))
                .split(","));
    }

    private static String state(JsonNode row) {
        return row.path("id").asText() + " " + row.path("name").asText();
    }

    private void createOrders(int from, int to) {
        db.run(
                "CREATE TABLE orders (id int PRIMARY KEY, name text, updated_at timestamptz NOT NULL)",
                "INSERT INTO orders SELECT i, 'n', '2025-01-01Z' FROM generate_series(" + from + ", " + to + ") i",
                "ANALYZE orders");
    }

    private static List<String> ids(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
    }

    /** One attempt is enough to lose an answer. */
    private static StreamClient client(RecordingLake lake) {
        return StreamClient.builder()
                .transport(lake)
                .retries(RetryPolicy.DEFAULT.withMaxAttempts(1))
                .build();
    }

    private static Cursor place(String key) {
        return new Cursor(null, List.of(key));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Until everything that is committed now lies below the horizon. */
    private void waitForHorizon() {
        db.one("SELECT pg_sleep(0.2)");
    }

    private Checkpoint checkpoint() {
        return store.list().get(0);
    }

    private TableReport sync(TablePlan plan) {
        return extractor(plan).syncOnce().tables().get(0);
    }

    private JdbcExtractor extractor(TablePlan plan) {
        return builder(plan).build();
    }

    private JdbcExtractor.Builder builder(TablePlan plan) {
        return JdbcExtractor.builder(db.dataSource(), client)
                .readAhead(false)
                .checkpoints(store)
                .pages(new BatchPolicy(PAGE, 1_000_000))
                .table(plan);
    }
}
