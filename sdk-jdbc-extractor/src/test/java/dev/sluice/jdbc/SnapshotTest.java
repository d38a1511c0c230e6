package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.Load;
import dev.sluice.jdbc.source.TablePlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables without a watermark, which are read whole in every pass. */
final class SnapshotTest {
    private static final TablePlan CITIES =
            TablePlan.of("cities", "bronze.cities").key("id").snapshot();

    private final TestDatabase db = new TestDatabase();
    private final RecordingLake lake = new RecordingLake();
    private final StreamClient client =
            StreamClient.builder().maxInFlight(1).transport(lake).build();
    private final CrashingStore store = new CrashingStore();

    @BeforeEach
    void create_cities() {
        db.run(
                "CREATE TABLE cities (id int PRIMARY KEY, name text)",
                "INSERT INTO cities SELECT i, 'city ' || i FROM generate_series(1, 100) i",
                "ANALYZE cities");
    }

    @AfterEach
    void close() {
        client.close();
        db.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void delivers_every_row_in_every_pass(int threads) {
        TablePlan plan = CITIES.cdc(true).loadThreads(threads);
        TableReport first = sync(plan);
        db.run("UPDATE cities SET name = 'changed' WHERE id = 7", "DELETE FROM cities WHERE id = 8");
        TableReport second = sync(plan);
        assertThat(first.rows()).isEqualTo(100);
        assertThat(second.rows()).isEqualTo(99);
        assertThat(second.complete()).isTrue();
        assertThat(second.heldBack()).isZero();
        assertThat(lake.values("name")).contains("changed").hasSize(199);
        assertThat(lake.values("_cdc_op").subList(0, 100)).containsOnly("c");
        assertThat(lake.values("_cdc_op").subList(100, 199)).containsOnly("u");
        assertThat(lake.values("_cdc_seq")).doesNotHaveDuplicates();
    }

    @Test
    void takes_other_batch_ids_in_a_new_pass_though_nothing_changed() {
        sync(CITIES);
        sync(CITIES);
        assertThat(lake.ids()).hasSize(20).doesNotHaveDuplicates();
    }

    @Test
    void keeps_neither_place_nor_load_when_it_is_through() {
        sync(CITIES);
        Checkpoint first = checkpoint();
        List<Load> during = new ArrayList<>();
        lake.beforeAnswer(batch -> during.add(checkpoint().load()));
        sync(CITIES);
        assertThat(during).doesNotContainNull().hasSize(10);
        assertThat(checkpoint().cursor()).isNull();
        assertThat(checkpoint().load()).isNull();
        assertThat(checkpoint().loaded()).isTrue();
        assertThat(checkpoint().epoch()).isEqualTo(first.epoch() + 1);
        assertThat(checkpoint().rows()).isEqualTo(100);
        assertThat(checkpoint().fingerprint().watermark()).isEqualTo("none (snapshot)");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void goes_on_in_the_same_epoch_wherever_it_crashes(int threads) {
        TablePlan plan = CITIES.cdc(true).loadThreads(threads);
        sync(plan);
        boolean crashed = true;
        for (int save = 1; crashed; save++) {
            int before = lake.batches().size();
            store.crashAt(save);
            crashed = dies(plan);
            store.restart();
            boolean whole = checkpoint().load() == null && lake.batches().size() > before;
            if (!whole) {
                assertThat(sync(plan).error()).isNull();
            }
            List<String> ids = lake.ids().subList(before, lake.ids().size());
            assertThat(new HashSet<>(ids)).hasSize(batches(threads));
            assertThat(ids.size() - batches(threads)).isBetween(0, threads);
            assertThat(new HashSet<>(lake.values("_cdc_op")
                            .subList(100, lake.values("_cdc_op").size())))
                    .containsExactly("u");
        }
    }

    @Test
    void stamps_as_created_when_the_first_snapshot_goes_on_after_a_crash() {
        store.crashAt(5);
        assertThat(dies(CITIES.cdc(true))).isTrue();
        store.restart();
        sync(CITIES.cdc(true));
        assertThat(lake.values("_cdc_op")).containsOnly("c");
        assertThat(new HashSet<>(lake.values("id"))).hasSize(100);
    }

    @Test
    void needs_no_sight_of_other_transactions() {
        db.run(
                "DO $$ BEGIN CREATE ROLE unseeing LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                "GRANT SELECT ON cities TO unseeing");
        assertThat(extractor(db.dataSource("unseeing"), CITIES).syncOnce().rows())
                .isEqualTo(100);
    }

    @Test
    void fails_with_a_count_when_a_key_is_null() {
        db.run("CREATE TABLE loose (id int)", "INSERT INTO loose VALUES (NULL), (1)");
        TablePlan loose = TablePlan.of("loose", "bronze.loose").key("id").snapshot();
        assertThat(sync(loose).error()).hasMessageContaining("has 1 row with NULL in id");
    }

    @Test
    void fails_when_a_page_would_end_between_rows_of_one_key() {
        db.run("CREATE TABLE twice (id int NOT NULL)", "INSERT INTO twice SELECT i / 2 FROM generate_series(1, 30) i");
        TablePlan twice = TablePlan.of("twice", "bronze.twice").key("id").snapshot();
        assertThat(sync(twice).error()).hasMessageContaining("several rows of the same key");
    }

    @Test
    void ends_behind_the_page_on_its_way_when_it_is_stopped() {
        JdbcExtractor extractor = extractor(db.dataSource(), CITIES);
        lake.beforeAnswer(batch -> extractor.stop());
        assertThat(extractor.syncOnce().stopped()).isTrue();
        lake.beforeAnswer(batch -> {});
        sync(CITIES);
        assertThat(lake.ids()).hasSize(10).doesNotHaveDuplicates();
    }

    @Test
    void expects_all_rows_or_those_that_are_left() {
        List<Long> expected = Collections.synchronizedList(new ArrayList<>());
        SyncListener listener = new SyncListener() {
            @Override
            public void tableStarted(String source, String destination, long rows) {
                expected.add(rows);
            }
        };
        for (int i = 0; i < 4; i++) {
            JdbcExtractor extractor =
                    builder(db.dataSource(), CITIES).listener(listener).build();
            lake.beforeAnswer(batch -> {
                if (lake.batches().size() == 15) {
                    extractor.stop();
                }
            });
            extractor.syncOnce();
        }
        assertThat(expected).containsExactly(100L, 100L, 50L, 100L);
    }

    @Test
    void refuses_plans_that_make_no_sense() {
        JdbcExtractor.Builder builder =
                JdbcExtractor.builder(db.dataSource(), client).readAhead(false);
        assertThatThrownBy(() -> builder.table(CITIES.watermark("updated_at")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("table cities has the watermark updated_at and is a snapshot");
        assertThatThrownBy(() ->
                        builder.table(TablePlan.of("cities", "bronze.cities").key("id")))
                .hasMessageContaining("or make it a snapshot");
        assertThatThrownBy(() -> CITIES.loadThreads(0)).hasMessageContaining("loadThreads must be at least 1");
    }

    @Test
    void refuses_the_checkpoint_when_the_table_had_a_watermark_before() {
        db.run("ALTER TABLE cities ADD updated_at timestamptz NOT NULL DEFAULT now()");
        sync(TablePlan.of("cities", "bronze.cities").key("id").watermark("updated_at"));
        assertThat(sync(CITIES).error())
                .hasMessageContaining("watermark was updated_at timestamptz and is none (snapshot)");
    }

    private boolean dies(TablePlan plan) {
        try {
            assertThat(sync(plan).error()).isNull();
            return false;
        } catch (CrashingStore.CrashError e) {
            return true;
        }
    }

    /** Four threads share 100 rows in parts of 25. */
    private static int batches(int threads) {
        return threads == 1 ? 10 : 12;
    }

    private Checkpoint checkpoint() {
        return store.list().get(0);
    }

    private TableReport sync(TablePlan plan) {
        return extractor(db.dataSource(), plan).syncOnce().tables().get(0);
    }

    private JdbcExtractor extractor(DataSource database, TablePlan plan) {
        return builder(database, plan).build();
    }

    private JdbcExtractor.Builder builder(DataSource database, TablePlan plan) {
        return JdbcExtractor.builder(database, client)
                .readAhead(false)
                .checkpoints(store)
                .pages(new BatchPolicy(10, 1_000_000))
                .table(plan);
    }
}
