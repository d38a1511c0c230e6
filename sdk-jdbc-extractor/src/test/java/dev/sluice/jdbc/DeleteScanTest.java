package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.checkpoint.KeyBook;
import dev.sluice.jdbc.source.DeleteScan;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.row.WriteMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that are deleted without a mark are found by their keys. */
final class DeleteScanTest {
    private static final DeleteScan ALWAYS = DeleteScan.every(Duration.ZERO);
    private static final TablePlan ITEMS = TablePlan.of("items", "bronze.items")
            .watermark("updated_at")
            .key("id")
            .cdc(true)
            .deletes(ALWAYS);

    @TempDir
    Path directory;

    private final TestDatabase db = new TestDatabase();
    private final RecordingLake lake = new RecordingLake();
    private final StreamClient client =
            StreamClient.builder().maxInFlight(1).transport(lake).build();

    @BeforeEach
    void create_items() {
        db.run("CREATE TABLE items (id bigint PRIMARY KEY, name text, updated_at timestamptz NOT NULL)");
        insert(1, 5);
    }

    @AfterEach
    void close() {
        client.close();
        db.close();
    }

    @Test
    void tells_the_lake_of_rows_that_are_gone() {
        sync(ITEMS);
        db.run("DELETE FROM items WHERE id IN (2, 4)");
        TableReport report = sync(ITEMS);
        assertThat(report.rows()).isEqualTo(2);
        assertThat(deleted()).containsExactlyInAnyOrder("2", "4");
        JsonNode row = lake.rows().get(5);
        assertThat(row.fieldNames()).toIterable().containsExactly("id", "_cdc_op", "_cdc_ts", "_cdc_seq");
        assertThat(row.get("id").isNumber()).isTrue();
        long before = lake.rows().get(4).get("_cdc_seq").longValue();
        assertThat(row.get("_cdc_seq").longValue()).isGreaterThan(before);
    }

    @Test
    void tells_of_each_row_once() {
        sync(ITEMS);
        db.run("DELETE FROM items WHERE id = 2");
        sync(ITEMS);
        assertThat(sync(ITEMS).rows()).isZero();
        assertThat(deleted()).containsExactly("2");
    }

    @Test
    void finds_a_row_that_was_inserted_sent_and_deleted_since_the_last_scan() {
        TablePlan rare = ITEMS.deletes(DeleteScan.every(Duration.ofHours(1)));
        sync(rare);
        insert(6, 6);
        sync(rare);
        db.run("DELETE FROM items WHERE id = 6");
        assertThat(sync(rare).rows()).isZero();
        sync(ITEMS);
        assertThat(deleted()).containsExactly("6");
    }

    @Test
    void leaves_a_row_alone_that_is_there_again() {
        sync(ITEMS);
        db.run("DELETE FROM items WHERE id = 3");
        insert(3, 3);
        sync(ITEMS);
        assertThat(deleted()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bigint|1",
                "timestamptz|2025-01-01 00:00:00+00",
                "bytea|\\x00ff",
                "char(8)|ab",
                "numeric(9,2)|1.5"
            })
    void sends_a_row_that_was_told_to_be_deleted_and_came_back_as_it_was(String key) {
        String[] typed = key.split("\\|");
        db.run(
                "CREATE TABLE back (k " + typed[0] + " PRIMARY KEY, updated_at timestamptz NOT NULL)",
                "CREATE TABLE kept (LIKE back)",
                "INSERT INTO back VALUES ('" + typed[1] + "', now() - interval '5 minutes')",
                "INSERT INTO kept SELECT * FROM back");
        TablePlan back = TablePlan.of("back", "bronze.back")
                .watermark("updated_at")
                .key("k")
                .cdc(true)
                .lookBack(Duration.ofHours(1))
                .deletes(DeleteScan.every(Duration.ZERO).allowEmpty());
        sync(back);
        db.run("DELETE FROM back");
        sync(back);
        db.run("INSERT INTO back SELECT * FROM kept");
        sync(back);
        assertThat(lake.values("_cdc_op")).containsExactly("u", "d", "u");
    }

    @Test
    void says_nothing_of_rows_that_were_never_sent() {
        db.run("INSERT INTO items VALUES (9, 'young', now() + interval '1 hour')");
        sync(ITEMS);
        db.run("DELETE FROM items WHERE id = 9");
        sync(ITEMS);
        // Its key was seen by the scan, so the lake is told; it can do no harm there.
        assertThat(deleted()).isSubsetOf("9");
    }

    @Test
    void refuses_an_emptied_table_when_that_is_not_allowed() {
        sync(ITEMS);
        db.run("DELETE FROM items");
        TableReport report = sync(ITEMS);
        assertThat(report.error()).hasMessageContaining("has not a single row");
        assertThat(deleted()).isEmpty();
        sync(ITEMS.deletes(ALWAYS.allowEmpty()));
        assertThat(deleted()).hasSize(5);
    }

    @Test
    void says_nothing_when_the_table_was_always_empty() {
        db.run("DELETE FROM items");
        assertThat(sync(ITEMS).error()).isNull();
    }

    @Test
    void finds_deleted_rows_in_every_part_of_a_large_table() {
        insert(6, 25_000);
        sync(ITEMS);
        assertThat(book().parts()).hasSize(3);
        db.run("DELETE FROM items WHERE id % 1000 = 7 OR id BETWEEN 10001 AND 20000");
        sync(ITEMS);
        List<String> expected = IntStream.rangeClosed(1, 25_000)
                .filter(id -> id % 1000 == 7 || (id > 10_000 && id <= 20_000))
                .mapToObj(Integer::toString)
                .toList();
        assertThat(deleted()).containsExactlyInAnyOrderElementsOf(expected);
        insert(10_001, 20_000);
        assertThat(sync(ITEMS).rows()).isEqualTo(10_000);
        assertThat(sync(ITEMS).rows()).isZero();
    }

    @Test
    void tells_again_when_the_outcome_was_lost() {
        CrashingStore crashing = new CrashingStore();
        sync(ITEMS, crashing);
        db.run("DELETE FROM items WHERE id IN (1, 2)");
        lake.beforeAnswer(batch -> crashing.crash());
        assertThatThrownBy(() -> sync(ITEMS, crashing)).isInstanceOf(CrashingStore.CrashError.class);
        lake.beforeAnswer(batch -> {});
        sync(ITEMS, crashing);
        assertThat(deleted()).containsExactlyInAnyOrder("1", "2", "1", "2");
    }

    @Test
    void finds_rows_by_keys_of_several_columns_and_odd_texts() {
        db.run(
                "CREATE TABLE odd (\"A b\" text, n numeric, t timestamptz, updated_at timestamptz, name text,"
                        + " PRIMARY KEY (\"A b\", n, t))",
                "INSERT INTO odd SELECT v, n, '2025-01-01 10:00:00.123456+00', now() - interval '1 hour', 'x'"
                        + " FROM unnest(array['a \"q\"', E'line\\nbreak', 'é\\', '']) v, unnest(array[1.50, -2]) n");
        TablePlan odd = TablePlan.of("odd", "bronze.odd")
                .watermark("updated_at")
                .key("\"A b\"", "n", "t")
                .cdc(true)
                .deletes(ALWAYS);
        sync(odd);
        db.run("DELETE FROM odd WHERE n < 0");
        assertThat(sync(odd).rows()).isEqualTo(4);
        assertThat(sync(odd).rows()).isZero();
    }

    @Test
    void begins_anew_when_the_key_is_another() {
        sync(ITEMS);
        db.run("DELETE FROM items WHERE id = 1", "ALTER TABLE items ADD COLUMN shop int NOT NULL DEFAULT 7");
        CheckpointStore store = CheckpointStore.file(directory);
        Saves.locked(store, store.list().get(0).reset());
        TablePlan other = ITEMS.key("shop", "id");
        assertThat(sync(other).error()).isNull();
        db.run("DELETE FROM items WHERE id = 2");
        sync(other);
        assertThat(deleted()).containsExactly("2");
    }

    @Test
    void says_so_when_keys_that_were_kept_are_gone() throws IOException {
        sync(ITEMS);
        db.run("DELETE FROM items WHERE id = 1");
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path part :
                    files.filter(file -> file.toString().contains("-part-")).toList()) {
                Files.delete(part);
            }
        }
        assertThat(sync(ITEMS).error()).hasMessageContaining("it has 0 keys of 5");
        assertThat(deleted()).isEmpty();
    }

    @Test
    void works_for_a_merge() {
        TablePlan merge = ITEMS.mode(WriteMode.MERGE);
        sync(merge);
        db.run("DELETE FROM items WHERE id = 1");
        assertThat(sync(merge).rows()).isEqualTo(1);
        assertThat(lake.batches().get(1).destination().mode()).isEqualTo(WriteMode.MERGE);
    }

    @Test
    void refuses_a_plan_that_stamps_no_rows() {
        assertThatThrownBy(() -> ITEMS.cdc(false).checked()).hasMessageContaining("needs cdc");
    }

    private List<String> deleted() {
        return lake.rows().stream()
                .filter(row -> row.path("_cdc_op").asText().equals("d"))
                .map(row -> row.path("id").asText())
                .toList();
    }

    private KeyBook book() {
        return new KeyBook(CheckpointStore.file(directory), "public.items", "bronze.items", List.of("id"));
    }

    private void insert(int from, int to) {
        db.run("INSERT INTO items SELECT i, 'name', now() - interval '1 hour' + i * interval '1 ms' FROM"
                + " generate_series(" + from + ", " + to + ") i ON CONFLICT DO NOTHING");
        if (to > 5) {
            db.run(
                    "UPDATE items SET updated_at = now() WHERE id BETWEEN " + from + " AND " + to,
                    "SELECT pg_sleep(0.2)");
        }
    }

    private TableReport sync(TablePlan plan) {
        return sync(plan, CheckpointStore.file(directory));
    }

    private TableReport sync(TablePlan plan, CheckpointStore store) {
        return JdbcExtractor.builder(db.dataSource(), client)
                .readAhead(false)
                .checkpoints(store)
                .pages(new BatchPolicy(5_000, 4_000_000))
                .table(plan)
                .build()
                .syncOnce()
                .tables()
                .get(0);
    }
}
