package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.source.DeleteScan;
import dev.sluice.jdbc.source.TablePlan;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is right by itself has to be right together with everything else. */
final class MixedOptionsTest {
    private static final TablePlan ITEMS =
            TablePlan.of("items", "bronze.items").watermark("updated_at").key("id");

    private static final DeleteScan ALWAYS = DeleteScan.every(Duration.ZERO).allowEmpty();

    private final SyncFixture fixture = new SyncFixture();

    @BeforeEach
    void create_items() {
        fixture.db.run("CREATE TABLE items (id int PRIMARY KEY, name text, updated_at timestamptz NOT NULL)");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void tells_of_a_row_that_is_deleted_a_second_time_in_a_batch_of_its_own() {
        TablePlan plan = ITEMS.cdc(true).deletes(ALWAYS);
        for (int i = 0; i < 2; i++) {
            fixture.db.run("INSERT INTO items VALUES (1, 'a', now())");
            fixture.waitForHorizon();
            fixture.sync(plan);
            fixture.db.run("DELETE FROM items");
            fixture.sync(plan);
        }
        assertThat(fixture.lake.values("_cdc_op")).hasSize(4);
        assertThat(fixture.lake.ids()).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void delivers_a_row_older_than_its_transaction_when_that_was_overtaken(boolean loaded) throws SQLException {
        JdbcExtractor.Builder looking =
                fixture.extractor(ITEMS.lookBack(Duration.ofSeconds(2))).maxWait(Duration.ofMillis(2_500));
        insert(1, "a", "now() - interval '1 hour'");
        if (loaded) {
            fixture.sync(looking);
        }
        try (Connection late = fixture.begin()) {
            late.createStatement().execute("INSERT INTO items VALUES (2, 'b', now() - interval '1.5 seconds')");
            insert(3, "c", "clock_timestamp()");
            fixture.db.one("SELECT pg_sleep(5)");
            fixture.sync(looking);
            fixture.sync(looking);
            late.commit();
        }
        fixture.waitForHorizon();
        fixture.sync(looking);
        assertThat(fixture.lake.values("id")).containsExactly("1", "3", "2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void delivers_a_row_that_is_what_it_was_before_a_batch_whose_outcome_was_lost(boolean another) {
        TablePlan plan = ITEMS.lookBack(Duration.ofHours(1));
        insert(1, "a", "now() - interval '10 minutes'");
        fixture.sync(plan);
        fixture.db.run("CREATE TABLE kept AS SELECT * FROM items", "UPDATE items SET name = 'b', updated_at = now()");
        if (another) {
            insert(2, "b", "now()");
        }
        fixture.waitForHorizon();
        fixture.lake.beforeAnswer(batch -> fixture.store.crash());
        assertThatThrownBy(() -> fixture.sync(plan)).isInstanceOf(CrashingStore.CrashError.class);
        fixture.lake.beforeAnswer(batch -> {});
        fixture.db.run("DELETE FROM items WHERE id = 1", "INSERT INTO items SELECT * FROM kept");
        fixture.sync(plan);
        assertThat(fixture.lake.rows().stream()
                        .filter(row -> row.get("id").asInt() == 1)
                        .map(row -> row.get("name").asText()))
                .containsExactly("a", "b", "a");
    }

    @Test
    void refuses_a_table_that_is_planned_under_two_names() {
        insert(1, "a", "now() - interval '1 hour'");
        JdbcExtractor extractor = fixture.extractor(ITEMS)
                .table(TablePlan.of("public.items", "bronze.items")
                        .watermark("updated_at")
                        .key("id"))
                .build();
        List<TableReport> reports = extractor.syncOnce().tables();
        assertThat(reports.get(0).rows()).isEqualTo(1);
        assertThat(reports.get(1).error())
                .hasMessage("table public.items -> bronze.items is planned twice, as items and as public.items: leave"
                        + " one of the two plans out");
        assertThat(extractor.syncOnce().tables().get(0).complete()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "float8|1e20",
                "float8|1e-7",
                "float8|-0",
                "float8|NaN",
                "real|1.5e10",
                "numeric|1.50",
                "text|a/b\u007f\u2028\u00e9\ud83d\ude00'\"\\",
                "timestamptz|2025-01-01 00:00:00.120+00",
                "jsonb|{\"a\": 1.0}",
                "interval|1 day",
                "money|1.50"
            })
    void leaves_a_row_alone_whose_key_a_transform_writes_in_another_way(String typed) {
        String[] key = typed.split("\\|");
        fixture.db.run(
                "CREATE TABLE odd (k " + key[0] + " PRIMARY KEY, updated_at timestamptz NOT NULL)",
                "INSERT INTO odd VALUES ('" + key[1].replace("'", "''") + "', now() - interval '1 hour')");
        TablePlan plan = TablePlan.of("odd", "bronze.odd")
                .watermark("updated_at")
                .key("k")
                .cdc(true)
                .transform(Optional::of)
                .deletes(ALWAYS);
        fixture.sync(plan);
        assertThat(fixture.sync(plan).rows()).isZero();
        fixture.db.run("DELETE FROM odd");
        fixture.sync(plan);
        assertThat(fixture.lake.values("_cdc_op")).containsExactly("c", "d");
        List<JsonNode> rows = fixture.lake.rows();
        assertThat(rows.get(1).get("k").asText()).isIn(rows.get(0).get("k").asText(), "-0.0");
    }

    private void insert(int id, String name, String time) {
        fixture.db.run("INSERT INTO items VALUES (" + id + ", '" + name + "', " + time + ")");
    }
}
