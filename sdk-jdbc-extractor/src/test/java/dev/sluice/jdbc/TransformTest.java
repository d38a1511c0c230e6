package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.source.Mask;
import dev.sluice.jdbc.source.RowTransform;
import dev.sluice.jdbc.source.TablePlan;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that pass a hook on their way. */
final class TransformTest {
    private static final TablePlan ORDERS =
            TablePlan.of("orders", "bronze.orders").watermark("updated_at").key("id");

    private static final RowTransform EVEN = row -> number(row, "id") % 2 == 0 ? Optional.of(row) : Optional.empty();

    private final TestSync sync = new TestSync();

    @BeforeEach
    void create_orders() {
        sync.db.run(
                "CREATE TABLE orders (id bigint PRIMARY KEY, price numeric(30,4), d double precision, tags text[],"
                        + " updated_at timestamptz NOT NULL)",
                "INSERT INTO orders SELECT i, 12345678901234567890123.4567, 0.1, '{a,NULL}', now() - interval '1 hour'"
                        + " FROM generate_series(1, 100) i");
    }

    @AfterEach
    void close() {
        sync.close();
    }

    @Test
    void sends_what_the_hook_gives() {
        JsonNode row = sync.rows(ORDERS.cdc(true).rename("price", "cost").transform(fields -> {
                    fields.put("cents", 7L);
                    fields.put("nested", Map.of("a", List.of(1, 2)));
                    fields.remove("tags");
                    return Optional.of(fields);
                }))
                .get(0);
        assertThat(row.path("cents").asInt()).isEqualTo(7);
        assertThat(row.path("nested").toString()).isEqualTo("{\"a\":[1,2]}");
        assertThat(row.path("cost").asText()).isEqualTo("12345678901234567890123.4567");
        assertThat(row.path("_cdc_op").asText()).isEqualTo("c");
        assertThat(row.has("_cdc_seq")).isTrue();
        assertThat(row.has("tags")).isFalse();
    }

    @Test
    void sends_the_same_bytes_when_the_hook_changes_nothing() {
        sync.db.run("ALTER TABLE orders ADD x double precision DEFAULT 1e300, ADD y real DEFAULT 1.5e-7,"
                + " ADD j jsonb DEFAULT '{\"a\": 1.0}', ADD big bigint DEFAULT 9223372036854775807");
        sync.rows(ORDERS);
        byte[] plain = sync.lake.batches().get(0).row(0);
        sync.rows(TablePlan.of("orders", "bronze.orders2")
                .watermark("updated_at")
                .key("id")
                .transform(Optional::of));
        assertThat(new String(sync.lake.batches().get(1).row(0), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualToIgnoringCase(new String(plain, java.nio.charset.StandardCharsets.UTF_8)
                        .replace("1e+300", "1E+300")
                        .replace("1.5e-07", "1.5E-7"));
    }

    @Test
    void sees_masked_values_and_no_stamps() {
        AtomicReference<Map<String, Object>> seen = new AtomicReference<>();
        sync.rows(ORDERS.cdc(true).mask("price", Mask.constant("***")).transform(row -> {
            seen.set(new HashMap<>(row));
            return Optional.of(row);
        }));
        assertThat(seen.get()).containsEntry("price", "***").containsKeys("id", "tags");
        assertThat(seen.get().keySet()).noneMatch(name -> name.startsWith("_cdc"));
    }

    @Test
    void leaves_rows_out_and_counts_them() {
        TableReport report = sync.sync(7, ORDERS.transform(EVEN));
        assertThat(report.complete()).isTrue();
        assertThat(report.rows()).isEqualTo(50);
        assertThat(sync.lake.values("id"))
                .isEqualTo(
                        IntStream.rangeClosed(1, 50).mapToObj(i -> "" + 2 * i).toList());
        assertThat(report.findings())
                .extracting(Finding::sentence)
                .containsExactly("50 rows were left out by the transform");
        assertThat(sync.checkpoint().load()).isNull();
        assertThat(sync.checkpoint().cursor().key()).isEmpty();
    }

    @Test
    void moves_on_when_whole_pages_are_left_out() {
        RowTransform few = row -> number(row, "id") % 40 == 0 ? Optional.of(row) : Optional.empty();
        TableReport report = sync.sync(7, ORDERS.cdc(true).transform(few));
        assertThat(report.complete()).isTrue();
        assertThat(sync.lake.values("id")).containsExactly("40", "80");
        assertThat(sync.checkpoint().load()).isNull();
        assertThat(sync.checkpoint().cursor().key()).isEmpty();
        assertThat(sync.checkpoint().pending()).isEmpty();
        assertThat(sync.sync(7, ORDERS.cdc(true).transform(few)).findings()).isEmpty();
    }

    @Test
    void sends_the_same_batch_again_when_it_crashed_with_rows_left_out() {
        sync.when(2, sync.store::crash);
        TablePlan plan = ORDERS.cdc(true).transform(EVEN);
        assertThatThrownBy(() -> sync.sync(10, plan)).isInstanceOf(CrashingStore.CrashError.class);
        sync.when(0, () -> {});
        sync.sync(10, plan);
        assertThat(sync.lake.ids().get(2)).isEqualTo(sync.lake.ids().get(1));
        assertThat(sync.lake.values("id")).hasSize(55);
    }

    @Test
    void goes_on_when_the_hook_leaves_all_of_a_pending_range_out() {
        sync.when(2, sync.store::crash);
        assertThatThrownBy(() -> sync.sync(10, ORDERS.transform(EVEN))).isInstanceOf(CrashingStore.CrashError.class);
        sync.when(0, () -> {});
        TableReport report = sync.sync(10, ORDERS.transform(row -> Optional.empty()));
        assertThat(report.complete()).isTrue();
        assertThat(report.findings())
                .extracting(Finding::sentence)
                .containsExactly("90 rows were left out by the transform");
        assertThat(sync.checkpoint().pending()).isEmpty();
    }

    @Test
    void gives_each_row_a_number_of_its_own_when_a_new_hook_leaves_fewer_rows_out() {
        sync.when(2, sync.store::crash);
        TablePlan plan = ORDERS.cdc(true);
        assertThatThrownBy(() -> sync.sync(10, plan.transform(EVEN))).isInstanceOf(CrashingStore.CrashError.class);
        sync.when(0, () -> {});
        sync.sync(10, plan.transform(Optional::of));
        assertThat(sync.lake.values("_cdc_seq").subList(10, sync.lake.rows().size()))
                .doesNotHaveDuplicates();
    }

    @Test
    void stops_the_table_without_a_value_when_the_hook_fails() {
        TableReport report = sync.sync(10, ORDERS.transform(row -> {
            throw new IllegalStateException("secret " + row.get("price"));
        }));
        assertThat(report.error())
                .hasMessage("the transform of public.orders failed with java.lang.IllegalStateException")
                .hasNoCause();
        assertThat(report.error().getStackTrace()[0].getClassName()).contains("TransformTest");
        assertThat(sync.lake.rows()).isEmpty();
    }

    @Test
    void refuses_what_is_no_row_of_the_table() {
        refuses(with("id", 5L), "changed the key column id");
        refuses(without("id"), "changed the key column id");
        refuses(with("_cdc_seq", 1), "set _cdc_seq, which is a stamp");
        refuses(with("f", Double.NaN), "gave what cannot be sent: row, field f:");
        refuses(with("f", "x".repeat(1_000_001)), "at most 1000000 are allowed in a field");
        assertThat(sync.sync(10, ORDERS.exclude("id").transform(row -> Optional.of(new HashMap<>())))
                        .error())
                .hasMessageContaining("gave a row without fields");
    }

    private void refuses(RowTransform transform, String words) {
        assertThat(sync.sync(10, ORDERS.cdc(true).transform(transform)).error()).hasMessageContaining(words);
        assertThat(sync.lake.rows()).isEmpty();
    }

    private static RowTransform with(String name, Object value) {
        return row -> {
            row.put(name, value);
            return Optional.of(row);
        };
    }

    private static RowTransform without(String name) {
        return row -> {
            row.remove(name);
            return Optional.of(row);
        };
    }

    private static int number(Map<String, ?> row, String name) {
        return ((Number) row.get(name)).intValue();
    }
}
