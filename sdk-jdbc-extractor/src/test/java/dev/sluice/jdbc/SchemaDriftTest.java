package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.dialect.Finding.Severity;
import dev.sluice.jdbc.source.SchemaChangedException;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.row.WriteMode;
import java.util.LinkedHashSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables whose columns change between passes and in the middle of one. */
final class SchemaDriftTest {
    private static final TablePlan STAMPED = TablePlan.of("people", "bronze.people")
            .watermark("updated_at")
            .key("id")
            .cdc(true);

    private static final TablePlan MERGED = STAMPED.cdc(false).mode(WriteMode.MERGE);

    private final TestSync sync = new TestSync();

    @BeforeEach
    void create_people() {
        sync.db.run(
                "CREATE TABLE people (id bigint PRIMARY KEY, name text, n int,"
                        + " updated_at timestamptz NOT NULL DEFAULT now() - interval '1 hour')",
                "INSERT INTO people (id, name, n) SELECT i, 'n' || i, i FROM generate_series(1, 30) i");
    }

    @AfterEach
    void close() {
        sync.close();
    }

    @Test
    void says_nothing_when_nothing_changed() {
        sync.sync(10, STAMPED);
        assertThat(sync.sync(10, STAMPED).findings()).isEmpty();
        assertThat(sync.checkpoint().columns())
                .containsExactly("id bigint", "name text", "n integer", "updated_at timestamp with time zone");
    }

    @Test
    void sends_a_new_column_and_says_so_once() {
        sync.sync(10, STAMPED);
        sync.db.run("ALTER TABLE people ADD born date DEFAULT '2000-01-01'");
        touch();
        TableReport report = sync.sync(10, STAMPED);
        assertThat(sync.lake.rows().get(30).path("born").asText()).isEqualTo("2000-01-01");
        assertThat(report.findings()).isEqualTo(sync.told).hasSize(1);
        Finding finding = report.findings().get(0);
        assertThat(finding.severity()).isEqualTo(Severity.INFO);
        assertThat(finding)
                .hasToString("INFO SCHEMA_CHANGED people: since rows were last sent 1 column is new" + " (born date): "
                        + finding.remedy());
        assertThat(sync.sync(10, STAMPED).findings()).isEmpty();
    }

    @Test
    void warns_when_columns_are_gone_renamed_or_of_another_type() {
        sync.sync(10, MERGED);
        sync.db.run("ALTER TABLE people RENAME name TO full_name", "ALTER TABLE people ALTER n TYPE text");
        touch();
        TableReport report = sync.sync(10, MERGED);
        assertThat(report.complete()).isTrue();
        assertThat(report.findings()).extracting(Finding::severity).containsExactly(Severity.WARNING);
        assertThat(report.findings().get(0).sentence())
                .contains("2 columns are new (full_name text, n text), 2 columns are gone (name text, n integer)");
        assertThat(sync.lake.rows().get(30).path("n").toString()).isEqualTo("\"1\"");
    }

    @Test
    void finds_changes_of_a_view() {
        sync.db.run("CREATE VIEW v AS SELECT id, updated_at FROM people");
        TablePlan view = TablePlan.of("v", "bronze.v").watermark("updated_at").key("id");
        sync.sync(10, view);
        sync.db.run("CREATE OR REPLACE VIEW v AS SELECT id, updated_at, name FROM people");
        assertThat(sync.sync(10, view).findings())
                .extracting(Finding::sentence)
                .asString()
                .contains("1 column is new (name text)");
    }

    @Test
    void refuses_when_the_watermark_has_another_type() {
        sync.sync(10, STAMPED);
        sync.db.run("ALTER TABLE people ALTER updated_at TYPE timestamp");
        assertThat(sync.sync(10, STAMPED).error())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("watermark was updated_at timestamptz and is updated_at timestamp");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALTER TABLE people DROP n",
                "ALTER TABLE people RENAME n TO m",
                "ALTER TABLE people ALTER n TYPE text USING 'x\"' || n",
                "ALTER TABLE people ALTER n TYPE int[] USING ARRAY[n]",
                "ALTER TABLE people ALTER n TYPE bigint",
                "ALTER TABLE people DROP n, ADD n jsonb DEFAULT '{}'"
            })
    void goes_on_with_the_columns_of_now_when_they_change_in_mid_pass(String alter) {
        sync.when(2, () -> sync.db.run(alter));
        TableReport report = sync.sync(10, STAMPED);
        assertThat(report.error()).isNull();
        assertThat(report.complete()).isTrue();
        assertThat(report.rows()).isEqualTo(30);
        assertThat(report.pages()).isEqualTo(3);
        assertThat(sync.lake.values("id")).hasSize(30).doesNotHaveDuplicates();
        assertThat(report.findings()).extracting(Finding::code).containsExactly("SCHEMA_CHANGED");
        JsonNode last = sync.lake.rows().get(29);
        assertThat(last.path("n")).isNotEqualTo(sync.lake.rows().get(0).path("n"));
        assertThat(sync.sync(10, STAMPED).findings()).isEmpty();
    }

    @Test
    void counts_the_rows_of_the_whole_pass_when_columns_change_in_the_middle() {
        sync.when(2, () -> sync.db.run("ALTER TABLE people DROP n"));
        JdbcExtractor extractor = sync.extractor(10, STAMPED);
        extractor.syncOnce();
        assertThat(extractor.status().get(0).passRows()).isEqualTo(30);
    }

    @Test
    void takes_a_new_column_in_the_next_pass_when_it_comes_in_mid_pass() {
        sync.when(2, () -> sync.db.run("ALTER TABLE people ADD born date"));
        TableReport report = sync.sync(10, MERGED);
        assertThat(report.rows()).isEqualTo(30);
        assertThat(report.findings()).isEmpty();
        assertThat(sync.sync(10, MERGED).findings()).hasSize(1);
    }

    @Test
    void ends_with_an_error_and_goes_on_later_when_columns_change_again_and_again() {
        sync.lake.beforeAnswer(batch -> {
            int batches = sync.lake.batches().size();
            if (batches == 1) {
                sync.db.run("ALTER TABLE people DROP n");
            } else if (batches == 2) {
                sync.db.run("ALTER TABLE people DROP name");
            }
        });
        TableReport report = sync.sync(10, STAMPED);
        assertThat(report.error())
                .isInstanceOf(SchemaChangedException.class)
                .hasMessageContaining("the columns of public.people changed while it was read: name is gone");
        assertThat(report.rows()).isEqualTo(20);
        assertThat(sync.sync(10, STAMPED).rows()).isEqualTo(10);
        assertThat(sync.lake.values("id")).hasSize(30).doesNotHaveDuplicates();
    }

    @Test
    void refuses_to_go_on_when_the_key_changes_in_mid_pass() {
        sync.when(1, () -> sync.db.run("ALTER TABLE people ALTER id TYPE text"));
        TableReport report = sync.sync(10, STAMPED);
        assertThat(report.error()).isInstanceOf(CheckpointException.class).hasMessageContaining("key was id int8");
        assertThat(report.rows()).isEqualTo(10);
        assertThat(sync.checkpoint().load().chunks().get(0).cursor().key()).containsExactly("10");
    }

    @Test
    void says_so_when_the_table_is_dropped_in_mid_pass() {
        sync.when(1, () -> sync.db.run("DROP TABLE people"));
        TableReport report = sync.sync(10, STAMPED);
        assertThat(report.error()).hasMessageContaining("reading public.people failed");
        assertThat(sync.checkpoint().load().chunks().get(0).cursor().key()).containsExactly("10");
    }

    @Test
    void sends_a_pending_range_with_the_columns_of_now_when_they_changed_in_between() {
        for (TablePlan plan : new TablePlan[] {STAMPED, MERGED}) {
            sync.db.run("DROP TABLE people");
            create_people();
            sync.when(sync.lake.batches().size() + 2, sync.store::crash);
            assertThatThrownBy(() -> sync.sync(10, plan)).isInstanceOf(CrashingStore.CrashError.class);
            sync.when(0, () -> {});
            sync.db.run("ALTER TABLE people DROP n, ADD born date");
            int before = sync.lake.rows().size();
            TableReport report = sync.sync(10, plan);
            assertThat(report.complete()).isTrue();
            assertThat(sync.lake.values("id").subList(before, sync.lake.rows().size()))
                    .hasSize(20)
                    .doesNotHaveDuplicates();
            assertThat(sync.lake.rows().get(before).has("born")).isTrue();
            assertThat(report.findings()).hasSize(1);
            if (plan == STAMPED) {
                assertThat(new LinkedHashSet<>(sync.lake.values("_cdc_seq")))
                        .hasSize(sync.lake.rows().size());
            }
            Saves.locked(sync.store, sync.checkpoint().reset());
        }
    }

    @Test
    void goes_on_when_a_querys_table_changes_in_mid_pass() {
        TablePlan query = TablePlan.query("q", "SELECT * FROM people", "bronze.q")
                .watermark("updated_at")
                .key("id");
        sync.when(2, () -> sync.db.run("ALTER TABLE people DROP n"));
        TableReport report = sync.sync(10, query);
        assertThat(report.error()).isNull();
        assertThat(sync.lake.values("id")).hasSize(30).doesNotHaveDuplicates();
    }

    private void touch() {
        sync.db.run("UPDATE people SET updated_at = now() WHERE id < 3");
        sync.waitForHorizon();
    }
}
