package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.StreamClient;
import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.row.WriteMode;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JdbcExtractorTest {
    private static final TablePlan CUSTOMERS = TablePlan.of("customers", "bronze.customers")
            .watermark("updated_at")
            .key("id");

    @TempDir
    Path directory;

    private final TestDatabase db = new TestDatabase();
    private final RecordingLake lake = new RecordingLake();
    private final StreamClient client =
            StreamClient.builder().maxInFlight(1).transport(lake).build();
    private final CrashingStore store = new CrashingStore();

    @BeforeEach
    void create_customers() {
        db.run("CREATE TABLE customers (id bigint PRIMARY KEY, name text, updated_at timestamptz NOT NULL)");
    }

    @AfterEach
    void close() {
        client.close();
        db.close();
    }

    @Test
    void delivers_every_row_once_when_ties_are_larger_than_a_page() {
        sync(10, CUSTOMERS);
        insertCustomers(1, 1_000, "now()");
        waitForHorizon();
        TableReport report = sync(10, CUSTOMERS);
        assertThat(report.rows()).isEqualTo(1_000);
        assertThat(report.pages()).isEqualTo(100);
        assertThat(lake.values("id")).hasSize(1_000).doesNotHaveDuplicates();
    }

    @Test
    void delivers_nothing_when_nothing_changed() {
        insertCustomers(1, 5, "now() - interval '1 hour'");
        sync(10, CUSTOMERS);
        TableReport second = sync(10, CUSTOMERS);
        assertThat(second.rows()).isZero();
        assertThat(second.complete()).isTrue();
        assertThat(lake.rows()).hasSize(5);
    }

    @Test
    void delivers_exactly_the_changed_rows_when_synced_again() {
        insertCustomers(1, 50, "now() - interval '1 hour'");
        sync(10, CUSTOMERS);
        db.run("UPDATE customers SET name = 'new', updated_at = now() WHERE id IN (7, 9)");
        waitForHorizon();
        sync(10, CUSTOMERS);
        assertThat(lake.values("id").subList(50, 52)).containsExactly("7", "9");
        assertThat(lake.rows()).hasSize(52);
    }

    @Test
    void keeps_microseconds_when_rows_differ_by_one() {
        sync(1, CUSTOMERS);
        db.run("INSERT INTO customers VALUES (2, 'a', now()), (1, 'b', now() + interval '1 microsecond')");
        waitForHorizon();
        sync(1, CUSTOMERS);
        assertThat(lake.values("id")).containsExactly("2", "1");
        assertThat(onlyCheckpoint().cursor().watermark())
                .isEqualTo(db.one("SELECT max(updated_at AT TIME ZONE 'UTC') || '+00' FROM customers"));
        assertThat(sync(1, CUSTOMERS).rows()).isZero();
    }

    @Test
    void reads_in_the_columns_own_order_when_its_text_has_another() {
        db.run("INSERT INTO customers SELECT i, 'n', '2025-01-01Z' FROM generate_series(-15, 120) i");
        sync(7, CUSTOMERS);
        List<String> expected =
                IntStream.rangeClosed(-15, 120).mapToObj(Integer::toString).toList();
        assertThat(lake.values("id")).isEqualTo(expected);
    }

    @Test
    void delivers_every_row_once_when_the_key_has_several_columns_of_several_types() {
        db.run("CREATE TABLE orders (day date, tag text, price numeric(10,2), code char(4), n uuid,"
                + " updated_at timestamp NOT NULL, PRIMARY KEY (day, tag, price, code, n))");
        TablePlan orders =
                TablePlan.of("orders", "bronze.orders").watermark("updated_at").key("day", "tag", "price", "code", "n");
        sync(13, orders);
        db.run("INSERT INTO orders SELECT '2025-01-01'::date - (i % 3), chr(65 + i % 2) || chr(97 + i % 5), i / 7.0,"
                + " 'x' || i % 4, gen_random_uuid(), now() AT TIME ZONE 'UTC' FROM generate_series(1, 500) i");
        waitForHorizon();
        assertThat(sync(13, orders).rows()).isEqualTo(500);
        assertThat(lake.values("n")).hasSize(500).doesNotHaveDuplicates();
    }

    @Test
    void finds_tables_and_columns_when_their_names_are_odd() {
        db.run(
                "CREATE SCHEMA \"Odd \"\"Schema\"",
                "CREATE TABLE \"Odd \"\"Schema\".\"Select\" (\"Id\" int PRIMARY KEY, \"updated at\" timestamptz NOT NULL,"
                        + " \"naïve \"\"x\" text)",
                "INSERT INTO \"Odd \"\"Schema\".\"Select\" VALUES (1, '2025-01-01Z', 'a')");
        TablePlan odd = TablePlan.of("\"Odd \"\"Schema\".\"Select\"", "bronze.odd")
                .watermark("\"updated at\"")
                .key("\"Id\"");
        assertThat(sync(10, odd).rows()).isEqualTo(1);
        assertThat(lake.rows().get(0).path("naïve \"x").asText()).isEqualTo("a");
        assertThat(onlyCheckpoint().source()).isEqualTo("\"Odd \"\"Schema\".\"Select\"");
    }

    @Test
    void sends_the_same_batch_id_again_when_it_crashed_between_push_and_save() {
        insertCustomers(1, 25, "now() - interval '1 hour'");
        lake.beforeAnswer(batch -> {
            if (lake.batches().size() == 2) {
                store.crash();
            }
        });
        assertThatThrownBy(() -> sync(10, CUSTOMERS)).isInstanceOf(CrashingStore.CrashError.class);
        lake.beforeAnswer(batch -> {});
        sync(10, CUSTOMERS);
        assertThat(lake.ids().get(2)).isEqualTo(lake.ids().get(1));
        assertThat(bytes(2)).isEqualTo(bytes(1));
        assertThat(new HashSet<>(lake.ids())).hasSize(3);
        assertThat(new HashSet<>(lake.values("id"))).hasSize(25);
    }

    @Test
    void stamps_the_same_when_a_range_is_sent_again() {
        insertCustomers(1, 5, "now() - interval '1 hour'");
        TablePlan stamped = CUSTOMERS.cdc(true);
        crashAfterLanding(stamped);
        sync(10, stamped);
        assertThat(lake.ids().get(1)).isEqualTo(lake.ids().get(0));
        assertThat(bytes(1)).isEqualTo(bytes(0));
    }

    @Test
    void stamps_as_newer_when_a_range_has_changed_since() {
        insertCustomers(1, 5, "now() - interval '1 hour'");
        crashAfterLanding(CUSTOMERS.cdc(true));
        db.run("UPDATE customers SET name = 'same time' WHERE id = 3");
        sync(10, CUSTOMERS.cdc(true));
        List<Long> order =
                lake.rows().stream().map(row -> row.path("_cdc_seq").asLong()).toList();
        assertThat(order).hasSize(10).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void sends_a_new_batch_id_when_rows_changed_after_a_crash() {
        insertCustomers(1, 5, "now() - interval '1 hour'");
        crashAfterLanding(CUSTOMERS);
        db.run("UPDATE customers SET updated_at = now(), name = 'later' WHERE id = 3");
        waitForHorizon();
        sync(10, CUSTOMERS);
        assertThat(lake.ids()).hasSize(3).doesNotHaveDuplicates();
        assertThat(lake.values("id").subList(5, 10)).containsExactly("1", "2", "4", "5", "3");
        assertThat(lake.values("name").get(9)).isEqualTo("later");
    }

    @Test
    void sends_a_new_batch_id_when_a_row_changed_in_its_place_after_a_crash() {
        insertCustomers(1, 5, "now() - interval '1 hour'");
        crashAfterLanding(CUSTOMERS);
        db.run("UPDATE customers SET name = 'same time' WHERE id = 3");
        sync(10, CUSTOMERS);
        assertThat(lake.ids()).hasSize(2).doesNotHaveDuplicates();
        assertThat(lake.values("name").get(7)).isEqualTo("same time");
    }

    @Test
    void reads_on_behind_a_pending_range_when_all_its_rows_have_moved() {
        insertCustomers(1, 3, "now() - interval '1 hour'");
        crashAfterLanding(CUSTOMERS);
        db.run("UPDATE customers SET updated_at = now(), name = 'later'");
        waitForHorizon();
        TableReport report = sync(10, CUSTOMERS);
        assertThat(report.error()).isNull();
        assertThat(lake.values("name").subList(3, 6)).containsOnly("later");
        assertThat(onlyCheckpoint().pending()).isEmpty();
    }

    @Test
    void loses_no_row_when_rows_change_during_the_scan() {
        insertCustomers(1, 100, "now() - interval '1 hour'");
        lake.beforeAnswer(batch -> {
            if (lake.batches().size() <= 5) {
                db.run("UPDATE customers SET name = 'touched', updated_at = now() WHERE id > 90 AND name <> 'touched'"
                        + " AND id = 90 + " + lake.batches().size());
            }
        });
        sync(10, CUSTOMERS);
        lake.beforeAnswer(batch -> {});
        waitForHorizon();
        sync(10, CUSTOMERS);
        Set<String> touched = new HashSet<>();
        lake.rows().stream()
                .filter(row -> row.path("name").asText().equals("touched"))
                .forEach(row -> touched.add(row.path("id").asText()));
        assertThat(new HashSet<>(lake.values("id"))).hasSize(100);
        assertThat(touched).containsExactlyInAnyOrder("91", "92", "93", "94", "95");
    }

    @Test
    void has_no_transaction_open_when_it_pushes() {
        insertCustomers(1, 30, "now() - interval '1 hour'");
        List<String> open = new ArrayList<>();
        lake.beforeAnswer(batch -> open.add(db.one("SELECT count(*) FROM pg_stat_activity WHERE datname ="
                + " current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()")));
        sync(10, CUSTOMERS);
        assertThat(open).containsExactly("0", "0", "0");
    }

    @Test
    void saves_the_range_before_the_first_byte_leaves() {
        insertCustomers(1, 3, "now() - interval '1 hour'");
        List<Checkpoint> seen = new ArrayList<>();
        lake.beforeAnswer(batch -> seen.add(onlyCheckpoint()));
        sync(10, CUSTOMERS);
        Checkpoint during = seen.get(0);
        assertThat(during.cursor()).isNull();
        assertThat(during.pending()).hasSize(1);
        assertThat(during.pending().get(0).batch()).isEqualTo(lake.ids().get(0));
        assertThat(onlyCheckpoint().pending()).isEmpty();
    }

    @Test
    void fails_with_a_count_when_watermarks_are_null() {
        db.run(
                "CREATE TABLE loose (id int PRIMARY KEY, updated_at timestamptz)",
                "INSERT INTO loose VALUES (1, now()), (2, NULL), (3, NULL)");
        TableReport report = sync(
                10,
                TablePlan.of("loose", "bronze.loose").watermark("updated_at").key("id"));
        assertThat(report.error()).hasMessageContaining("public.loose has 2 rows with NULL in updated_at");
        assertThat(lake.rows()).isEmpty();
    }

    @Test
    void fails_with_a_count_when_watermarks_become_null_later() {
        db.run(
                "CREATE TABLE loose (id int PRIMARY KEY, updated_at timestamptz)",
                "INSERT INTO loose VALUES (1, now() - interval '1 hour')");
        TablePlan loose =
                TablePlan.of("loose", "bronze.loose").watermark("updated_at").key("id");
        sync(10, loose);
        db.run("INSERT INTO loose VALUES (2, NULL)");
        assertThat(sync(10, loose).error()).hasMessageContaining("has 1 row with NULL in updated_at");
    }

    @Test
    void fails_with_a_count_when_a_key_is_null() {
        db.run(
                "CREATE TABLE loose (id int, updated_at timestamptz NOT NULL)",
                "INSERT INTO loose VALUES (NULL, now() - interval '1 hour')");
        TableReport report = sync(
                10,
                TablePlan.of("loose", "bronze.loose").watermark("updated_at").key("id"));
        assertThat(report.error()).hasMessageContaining("has 1 row with NULL in id");
    }

    @Test
    void fails_when_a_page_would_end_between_rows_of_one_key() {
        db.run(
                "CREATE TABLE twice (id int NOT NULL, updated_at timestamptz NOT NULL)",
                "INSERT INTO twice VALUES (1, '2025-01-01Z'), (2, '2025-01-01Z'), (2, '2025-01-01Z')");
        TablePlan twice =
                TablePlan.of("twice", "bronze.twice").watermark("updated_at").key("id");
        assertThat(sync(2, twice).error()).hasMessageContaining("must be unique together");
        assertThat(lake.rows()).isEmpty();
    }

    @Test
    void names_the_columns_when_one_is_unknown() {
        TableReport report = sync(10, CUSTOMERS.watermark("changed_at"));
        assertThat(report.error())
                .hasMessage("public.customers has no column changed_at to be its watermark; its columns are: id, name,"
                        + " updated_at");
    }

    @Test
    void goes_on_with_the_next_table_when_one_is_unknown() {
        insertCustomers(1, 3, "now() - interval '1 hour'");
        TablePlan missing =
                TablePlan.of("nobody", "bronze.nobody").watermark("updated_at").key("id");
        SyncReport report = extractor(10, missing, CUSTOMERS).syncOnce();
        assertThat(report.tables().get(0).error()).hasMessageContaining("there is no table or view nobody");
        assertThat(report.tables().get(1).rows()).isEqualTo(3);
        assertThat(report.isClean()).isFalse();
    }

    @Test
    void refuses_the_checkpoint_when_the_watermark_is_another_column() {
        db.run("ALTER TABLE customers ADD created_at timestamptz NOT NULL DEFAULT now()");
        insertWithCreated();
        sync(10, CUSTOMERS);
        TableReport report = sync(10, CUSTOMERS.watermark("created_at"));
        assertThat(report.error())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("watermark was updated_at timestamptz and is created_at timestamptz")
                .hasMessageContaining("state reset");
        assertThat(lake.rows()).hasSize(1);
    }

    @Test
    void refuses_the_checkpoint_when_it_lies_in_the_databases_future() {
        insertCustomers(1, 1, "now() - interval '1 hour'");
        sync(10, CUSTOMERS);
        Saves.locked(
                store,
                onlyCheckpoint()
                        .change()
                        .cursor(new dev.sluice.jdbc.checkpoint.Cursor("2999-01-01 00:00:00+00", List.of("1")))
                        .build());
        assertThat(sync(10, CUSTOMERS).error()).hasMessageContaining("the database was restored");
        assertThat(lake.rows()).hasSize(1);
    }

    @Test
    void sends_every_row_under_new_ids_when_it_was_reset() {
        insertCustomers(1, 3, "now() - interval '1 hour'");
        sync(10, CUSTOMERS);
        Checkpoint before = onlyCheckpoint();
        Saves.locked(store, before.reset());
        sync(10, CUSTOMERS);
        assertThat(lake.rows()).hasSize(6);
        assertThat(lake.ids()).hasSize(2).doesNotHaveDuplicates();
        assertThat(onlyCheckpoint().epoch()).isEqualTo(before.epoch() + 1);
    }

    @Test
    void stamps_creates_updates_and_deletes_in_reading_order_when_asked() {
        db.run("ALTER TABLE customers ADD deleted_at timestamptz");
        TablePlan plan = CUSTOMERS.cdc(true).softDelete("deleted_at");
        insertDeletable();
        sync(10, plan);
        db.run(
                "UPDATE customers SET name = 'b', updated_at = now() WHERE id = 1",
                "UPDATE customers SET deleted_at = now(), updated_at = now() WHERE id = 2");
        waitForHorizon();
        sync(10, plan);
        assertThat(lake.values("_cdc_op")).containsExactly("c", "c", "u", "d");
        List<Long> order =
                lake.rows().stream().map(row -> row.path("_cdc_seq").asLong()).toList();
        assertThat(order).isSorted().doesNotHaveDuplicates();
        assertThat(lake.rows().get(0).path("_cdc_ts").asText()).matches("20\\d\\d-.*Z");
    }

    @Test
    void leaves_stamps_out_when_not_asked() {
        insertCustomers(1, 1, "now() - interval '1 hour'");
        sync(10, CUSTOMERS);
        assertThat(lake.rows().get(0).fieldNames()).toIterable().containsExactly("id", "name", "updated_at");
    }

    @Test
    void leaves_a_column_out_when_it_is_excluded_even_if_it_orders_the_rows() {
        insertCustomers(1, 12, "now() - interval '1 hour'");
        sync(5, CUSTOMERS.exclude("name", "updated_at"));
        assertThat(lake.rows()).hasSize(12);
        assertThat(lake.rows().get(0).fieldNames()).toIterable().containsExactly("id");
    }

    @Test
    void merges_by_the_key_when_asked() {
        insertCustomers(1, 1, "now() - interval '1 hour'");
        sync(10, CUSTOMERS.mode(WriteMode.MERGE));
        assertThat(lake.batches().get(0).destination()).hasToString("merge into bronze.customers by id");
    }

    @Test
    void keeps_a_page_within_its_bytes_when_rows_are_long() {
        db.run("INSERT INTO customers SELECT i, repeat('x', 3000), '2025-01-01Z' FROM generate_series(1, 9) i");
        JdbcExtractor.builder(db.dataSource(), client)
                .readAhead(false)
                .pages(new BatchPolicy(100, 10_000))
                .table(CUSTOMERS)
                .build()
                .syncOnce();
        assertThat(lake.batches()).extracting(Batch::rows).containsExactly(3, 3, 3);
    }

    @Test
    void buries_a_row_that_no_request_can_hold_and_goes_on() {
        db.run("INSERT INTO customers SELECT i, CASE i WHEN 2 THEN repeat('x', 9950000) ELSE 'n' END, '2025-01-01Z'"
                + " FROM generate_series(1, 3) i");
        List<DeadLetter> letters = new ArrayList<>();
        try (StreamClient burying = StreamClient.builder()
                .maxInFlight(1)
                .transport(lake)
                .deadLetters(letters::add)
                .build()) {
            TableReport report = JdbcExtractor.builder(db.dataSource(), burying)
                    .readAhead(false)
                    .table(CUSTOMERS)
                    .build()
                    .syncOnce()
                    .tables()
                    .get(0);
            assertThat(report.error()).isNull();
            assertThat(report.dead()).isEqualTo(1);
        }
        assertThat(lake.values("id")).containsExactly("1", "3");
        assertThat(letters).extracting(DeadLetter::reason).containsExactly(DeadLetter.Reason.TOO_LARGE);
    }

    @Test
    void reads_partitioned_tables() {
        db.run(
                "CREATE TABLE parts (id int, updated_at timestamptz NOT NULL, PRIMARY KEY (id)) PARTITION BY RANGE (id)",
                "CREATE TABLE parts1 PARTITION OF parts FOR VALUES FROM (0) TO (5)",
                "CREATE TABLE parts2 PARTITION OF parts FOR VALUES FROM (5) TO (10)",
                "INSERT INTO parts SELECT i, '2025-01-01Z' FROM generate_series(0, 9) i");
        TablePlan parts =
                TablePlan.of("parts", "bronze.parts").watermark("updated_at").key("id");
        assertThat(sync(3, parts).rows()).isEqualTo(10);
    }

    @Test
    void refuses_what_cannot_be_read_safely_or_makes_no_sense() {
        db.run("CREATE MATERIALIZED VIEW copy AS SELECT * FROM customers", "ALTER TABLE customers ADD _cdc_op text");
        assertThat(sync(
                                10,
                                TablePlan.of("copy", "bronze.copy")
                                        .watermark("updated_at")
                                        .key("id"))
                        .error())
                .hasMessageContaining("materialized views and foreign tables cannot be read safely");
        db.run("ALTER TABLE customers ADD score point NOT NULL");
        assertThat(sync(10, CUSTOMERS.watermark("score")).error()).hasMessageContaining("a type with an exact order");
        assertThat(sync(10, CUSTOMERS.cdc(true)).error()).hasMessageContaining("named like the stamps of cdc: _cdc_op");
        assertThat(sync(10, CUSTOMERS.mode(WriteMode.MERGE).exclude("id")).error())
                .hasMessageContaining("cannot merge by id");
        assertThat(sync(10, CUSTOMERS.cdc(true).exclude("_cdc_op").exclude("id"))
                        .error())
                .hasMessageContaining("excludes its key id");
    }

    @Test
    void goes_on_with_the_sequence_when_the_clock_was_set_back() {
        insertCustomers(1, 2, "now() - interval '1 hour'");
        TablePlan stamped = CUSTOMERS.cdc(true);
        sync(10, stamped);
        Checkpoint saved = onlyCheckpoint();
        long ahead = saved.sequence() + 1_000_000_000_000L;
        Saves.locked(store, saved.numbered(ahead));
        db.run("UPDATE customers SET updated_at = now()");
        waitForHorizon();
        sync(10, stamped);
        assertThat(lake.values("_cdc_seq").subList(2, 4))
                .containsExactly(Long.toString(ahead + 1), Long.toString(ahead + 2));
    }

    @Test
    void tells_a_listener_of_each_page() {
        insertCustomers(1, 25, "now() - interval '1 hour'");
        List<String> heard = new ArrayList<>();
        SyncListener listener = new SyncListener() {
            @Override
            public void tableStarted(String source, String destination, long expectedRows) {
                heard.add("started " + source);
            }

            @Override
            public void pageSettled(String source, String destination, long rows) {
                heard.add("settled " + rows);
                throw new IllegalStateException("listeners may fail");
            }

            @Override
            public void tableEnded(TableReport report) {
                heard.add("ended " + report.rows());
            }
        };
        JdbcExtractor.builder(db.dataSource(), client)
                .readAhead(false)
                .pages(new BatchPolicy(10, 1_000_000))
                .table(CUSTOMERS)
                .listener(listener)
                .build()
                .syncOnce();
        assertThat(heard)
                .containsExactly("started public.customers", "settled 10", "settled 20", "settled 25", "ended 25");
    }

    @Test
    void is_not_clean_when_it_was_stopped_before_every_table_was_read() {
        insertCustomers(1, 3, "now() - interval '1 hour'");
        JdbcExtractor extractor = extractor(
                10,
                CUSTOMERS,
                TablePlan.of("customers", "bronze.copy").watermark("updated_at").key("id"));
        lake.beforeAnswer(batch -> extractor.stop());
        SyncReport report = extractor.syncOnce();
        assertThat(report.stopped()).isTrue();
        assertThat(report.isClean()).isFalse();
    }

    @Test
    void says_no_value_when_the_database_stumbles_over_one() {
        insertCustomers(1, 1, "now() - interval '1 hour'");
        db.run("CREATE VIEW bad AS SELECT id, name::int AS n, updated_at FROM customers");
        assertThat(sync(
                                10,
                                TablePlan.of("bad", "bronze.bad")
                                        .watermark("updated_at")
                                        .key("id"))
                        .error())
                .hasMessageContaining("22P02")
                .hasMessageNotContaining("name 1");
    }

    @Test
    void keeps_the_checkpoint_when_a_column_only_became_longer() {
        db.run(
                "CREATE TABLE codes (code varchar(5) PRIMARY KEY, updated_at timestamptz NOT NULL)",
                "INSERT INTO codes VALUES ('a', '2025-01-01Z')");
        TablePlan codes =
                TablePlan.of("codes", "bronze.codes").watermark("updated_at").key("code");
        sync(10, codes);
        db.run("ALTER TABLE codes ALTER code TYPE varchar(9)");
        assertThat(sync(10, codes).error()).isNull();
    }

    @Test
    void tells_stamped_rows_apart_from_unstamped_ones_when_sent_again() {
        insertCustomers(1, 2, "now() - interval '1 hour'");
        crashAfterLanding(CUSTOMERS);
        sync(10, CUSTOMERS.cdc(true));
        assertThat(lake.ids()).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void is_not_disturbed_when_it_is_interrupted_while_it_saves() {
        insertCustomers(1, 15, "now() - interval '1 hour'");
        CheckpointStore file = CheckpointStore.file(directory);
        Thread syncing = Thread.currentThread();
        lake.beforeAnswer(batch -> syncing.interrupt());
        JdbcExtractor extractor = JdbcExtractor.builder(db.dataSource(), client)
                .readAhead(false)
                .checkpoints(file)
                .pages(new BatchPolicy(10, 1_000_000))
                .table(CUSTOMERS)
                .build();
        extractor.syncOnce();
        boolean interrupted = Thread.interrupted();
        assertThat(interrupted).isTrue();
        assertThat(file.list().get(0).rows()).isEqualTo(10);
    }

    @Test
    void reads_views_when_they_have_the_columns() {
        insertCustomers(1, 4, "now() - interval '1 hour'");
        db.run("CREATE VIEW young AS SELECT id, upper(name) AS name, updated_at FROM customers WHERE id > 2");
        assertThat(sync(
                                10,
                                TablePlan.of("young", "bronze.young")
                                        .watermark("updated_at")
                                        .key("id"))
                        .rows())
                .isEqualTo(2);
    }

    @Test
    void ends_behind_the_page_on_its_way_when_it_is_stopped() {
        insertCustomers(1, 50, "now() - interval '1 hour'");
        JdbcExtractor extractor = extractor(10, CUSTOMERS);
        lake.beforeAnswer(batch -> extractor.stop());
        TableReport report = extractor.syncOnce().tables().get(0);
        assertThat(report.complete()).isFalse();
        assertThat(report.error()).isNull();
        assertThat(lake.rows()).hasSize(10);
        assertThat(onlyCheckpoint().load().chunks().get(0).cursor().key()).containsExactly("10");
    }

    @Test
    void says_which_connection_failed_when_the_database_is_down() {
        DataSource nowhere =
                SingleConnection.source(() -> DriverManager.getConnection("jdbc:postgresql://localhost:1/app"));
        SyncReport report = JdbcExtractor.builder(nowhere, client)
                .readAhead(false)
                .table(CUSTOMERS)
                .build()
                .syncOnce();
        assertThat(report.tables().get(0).error())
                .hasMessageStartingWith("finding out about the database failed: Connection to localhost:1 refused");
    }

    @Test
    void gives_connections_back_as_they_were_when_a_table_is_missing() throws Exception {
        try (java.sql.Connection one = db.dataSource().getConnection()) {
            DataSource pool = new SingleConnection(one).source();
            TablePlan missing = TablePlan.of("nobody", "a.b").watermark("w").key("k");
            JdbcExtractor.builder(pool, client)
                    .readAhead(false)
                    .table(missing)
                    .build()
                    .syncOnce();
            assertThat(one.getAutoCommit()).isTrue();
        }
    }

    @Test
    void gives_connections_back_as_they_were() throws Exception {
        insertCustomers(1, 3, "now() - interval '1 hour'");
        try (java.sql.Connection one = db.dataSource().getConnection()) {
            one.createStatement().execute("SET TimeZone = 'Asia/Tokyo'");
            SingleConnection pool = new SingleConnection(one);
            JdbcExtractor.builder(pool.source(), client)
                    .readAhead(false)
                    .table(CUSTOMERS)
                    .build()
                    .syncOnce();
            assertThat(one.getAutoCommit()).isTrue();
            assertThat(pool.mostAtOnce()).isEqualTo(1);
            try (var rows = one.createStatement().executeQuery("SHOW TimeZone")) {
                rows.next();
                assertThat(rows.getString(1)).isEqualTo("Asia/Tokyo");
            }
        }
    }

    private void insertCustomers(int from, int to, String at) {
        db.run("INSERT INTO customers SELECT i, 'name ' || i, " + at + " FROM generate_series(" + from + ", " + to
                + ") i");
    }

    private void insertWithCreated() {
        db.run("INSERT INTO customers VALUES (1, 'a', now() - interval '1 hour', now() - interval '1 hour')");
    }

    private void insertDeletable() {
        db.run("INSERT INTO customers VALUES (1, 'a', now() - interval '1 hour', NULL),"
                + " (2, 'b', now() - interval '1 hour', NULL)");
    }

    private void crashAfterLanding(TablePlan plan) {
        lake.beforeAnswer(batch -> store.crash());
        assertThatThrownBy(() -> sync(10, plan)).isInstanceOf(CrashingStore.CrashError.class);
        lake.beforeAnswer(batch -> {});
    }

    /** Until everything that is committed now lies below the horizon. */
    private void waitForHorizon() {
        db.one("SELECT pg_sleep(0.2)");
    }

    private byte[] bytes(int batch) {
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        try {
            lake.batches().get(batch).writeTo(out);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private Checkpoint onlyCheckpoint() {
        return Optional.of(store.list())
                .filter(all -> all.size() == 1)
                .orElseThrow()
                .get(0);
    }

    private TableReport sync(int pageRows, TablePlan plan) {
        return extractor(pageRows, plan).syncOnce().tables().get(0);
    }

    private JdbcExtractor extractor(int pageRows, TablePlan... plans) {
        JdbcExtractor.Builder builder = JdbcExtractor.builder(db.dataSource(), client)
                .readAhead(false)
                .checkpoints(store)
                .pages(new BatchPolicy(pageRows, 1_000_000));
        for (TablePlan plan : plans) {
            builder.table(plan);
        }
        return builder.build();
    }
}
