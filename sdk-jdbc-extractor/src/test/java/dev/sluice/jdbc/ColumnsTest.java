package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.Replay;
import dev.sluice.ReplayReport;
import dev.sluice.batch.Batch;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.row.WriteMode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which columns are sent, under which names, of which rows, and what is said of them. */
final class ColumnsTest {
    private static final TablePlan PEOPLE =
            TablePlan.of("people", "bronze.people").watermark("updated_at").key("id");

    @TempDir
    Path directory;

    private final TestSync sync = new TestSync();

    @BeforeEach
    void create_people() {
        sync.db.run(
                "CREATE TABLE people (id bigint PRIMARY KEY, name text, \"Odd Name\" numeric(10,2)[], updated_at timestamptz"
                        + " NOT NULL DEFAULT now() - interval '1 hour')",
                "INSERT INTO people (id, name) SELECT i, 'n' || i FROM generate_series(1, 5) i");
    }

    @AfterEach
    void close() {
        sync.close();
    }

    @Test
    void sends_the_included_columns_only() {
        assertThat(names(PEOPLE.include("NAME").include("id"))).containsExactly("id", "name");
    }

    @Test
    void refuses_to_include_and_exclude() {
        assertThatThrownBy(() -> PEOPLE.include("id").exclude("name").checked())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("includes some columns and excludes others");
    }

    @Test
    void refuses_an_included_column_that_is_not_there() {
        assertThat(sync.sync(10, PEOPLE.include("nmae")).error())
                .hasMessageContaining("public.people has no column nmae to be its included column");
    }

    @Test
    void sends_columns_under_other_names() {
        assertThat(names(PEOPLE.rename("\"Odd Name\"", "odd").rename("Name", "full name")))
                .containsExactly("id", "full name", "odd", "updated_at");
    }

    @Test
    void swaps_names_when_two_columns_take_each_others() {
        List<JsonNode> rows = sync.rows(PEOPLE.rename("id", "name").rename("name", "id"));
        assertThat(rows.get(0).path("id").asText()).isEqualTo("n1");
        assertThat(rows.get(0).path("name").asText()).isEqualTo("1");
    }

    @Test
    void refuses_two_columns_of_one_name() {
        assertThat(sync.sync(10, PEOPLE.rename("id", "name")).error())
                .hasMessageContaining("two columns named name (id and name)");
    }

    @Test
    void refuses_a_stamps_name_when_rows_are_stamped() {
        TablePlan plan = PEOPLE.rename("name", "_cdc_op");
        assertThat(sync.sync(10, plan.cdc(true)).error()).hasMessageContaining("named like the stamps of cdc: _cdc_op");
        assertThat(sync.sync(10, plan).error()).isNull();
    }

    @Test
    void refuses_to_rename_what_is_not_sent() {
        assertThat(sync.sync(10, PEOPLE.exclude("name").rename("name", "n")).error())
                .hasMessageContaining("has name as renamed column, but the column is not sent");
    }

    @Test
    void merges_by_the_keys_new_name() {
        sync.rows(PEOPLE.mode(WriteMode.MERGE).rename("ID", "person"));
        assertThat(sync.lake.batches().get(0).destination()).hasToString("merge into bronze.people by person");
        assertThat(sync.lake.rows().get(0).path("person").asInt()).isEqualTo(1);
    }

    @Test
    void shows_the_current_state_by_the_keys_new_name() {
        assertThat(CurrentStateView.sql(PEOPLE.cdc(true).rename("ID", "person"), "silver.people", Dialect.postgresql()))
                .contains("PARTITION BY \"person\"");
    }

    @Test
    void looks_up_rows_of_letters_by_the_keys_new_name() {
        TablePlan plan = PEOPLE.mode(WriteMode.MERGE).rename("id", "person");
        sync.rows(plan);
        ReplayReport report = replay(plan, sync.lake.batches().get(0));
        assertThat(report.isClean()).isTrue();
        assertThat(sync.lake.values("person")).hasSize(10);
    }

    @Test
    void reads_the_filtered_rows_only() {
        TablePlan plan = PEOPLE.filter("name <> 'n2' OR id = 2 -- what?\n AND name = 'what?' -- why?");
        assertThat(sync.rows(plan)).extracting(row -> row.path("id").asInt()).containsExactly(1, 3, 4, 5);
    }

    @Test
    void counts_filtered_rows_only() {
        sync.db.run(
                "ALTER TABLE people ALTER updated_at DROP NOT NULL",
                "INSERT INTO people VALUES (6, 'x', NULL, now() + interval '1 day'), (7, 'x', NULL, NULL)");
        TableReport report = sync.sync(2, PEOPLE.filter("name <> 'x'"));
        assertThat(report.error()).isNull();
        assertThat(report.heldBack()).isZero();
    }

    @Test
    void looks_up_filtered_rows_only() {
        TablePlan plan = PEOPLE.mode(WriteMode.MERGE).filter("name <> 'gone'");
        sync.rows(plan);
        sync.db.run("UPDATE people SET name = 'gone' WHERE id = 3");
        replay(plan, sync.lake.batches().get(0));
        assertThat(sync.lake.values("id")).hasSize(9);
    }

    @Test
    void refuses_the_checkpoint_of_another_filter() {
        sync.rows(PEOPLE.filter("id < 3"));
        assertThat(sync.sync(10, PEOPLE.filter("id < 4")).error())
                .hasMessageContaining("mode was append filter ")
                .hasMessageContaining("state reset");
    }

    @Test
    void describes_its_columns_in_the_tags_when_asked_to() throws Exception {
        sync.rows(PEOPLE.describeColumns(true).rename("id", "person").mode(WriteMode.MERGE));
        String tag = sync.lake.batches().get(0).destination().tags().get("columns");
        assertThat(new ObjectMapper().readTree(tag))
                .isEqualTo(new ObjectMapper()
                        .readTree("{\"person\":\"bigint as number\",\"name\":\"text as string\","
                                + "\"Odd Name\":\"numeric(10,2)[] as array of string\","
                                + "\"updated_at\":\"timestamp with time zone as string\"}"));
    }

    @Test
    void keeps_its_batch_ids_when_columns_are_described() {
        sync.when(1, sync.store::crash);
        assertThatThrownBy(() -> sync.sync(10, PEOPLE)).isInstanceOf(CrashingStore.CrashError.class);
        sync.when(1, () -> {});
        sync.rows(PEOPLE.describeColumns(true));
        assertThat(sync.lake.ids()).hasSize(2);
        assertThat(sync.lake.ids().get(1)).isEqualTo(sync.lake.ids().get(0));
    }

    @Test
    void leaves_a_description_out_when_it_is_too_long() {
        List<String> columns = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            columns.add("ADD a_column_with_a_rather_long_name_" + i + " int");
        }
        sync.db.run("ALTER TABLE people " + String.join(", ", columns));
        TableReport report = sync.sync(10, PEOPLE.describeColumns(true));
        assertThat(report.rows()).isEqualTo(5);
        assertThat(sync.lake.batches().get(0).destination().tags()).isEmpty();
        assertThat(report.findings()).extracting(Finding::code).containsExactly("COLUMNS_NOT_DESCRIBED");
    }

    private List<String> names(TablePlan plan) {
        List<String> names = new ArrayList<>();
        sync.rows(plan).get(0).fieldNames().forEachRemaining(names::add);
        return names;
    }

    private ReplayReport replay(TablePlan plan, Batch batch) {
        DeadLetterStore letters = DeadLetters.directory(directory.resolve("letters"));
        Instant time = Instant.EPOCH;
        letters.keep(new DeadLetter(batch, DeadLetter.Reason.REJECTED, "no", 0, 1, time, time, 400, null));
        return sync.extractor(10, plan).replay(Replay.of(sync.client(), letters));
    }
}
