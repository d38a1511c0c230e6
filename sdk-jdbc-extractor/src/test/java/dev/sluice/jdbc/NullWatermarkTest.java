package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.source.NullWatermark;
import dev.sluice.jdbc.source.TablePlan;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows without a watermark are never lost in silence. */
final class NullWatermarkTest {
    private static final TablePlan LOOSE =
            TablePlan.of("loose", "bronze.loose").watermark("updated_at").key("id");

    private final SyncFixture fixture = new SyncFixture();

    @BeforeEach
    void create_loose() {
        fixture.db.run(
                "CREATE TABLE loose (id int, updated_at timestamptz, created_at timestamptz, day date)",
                "INSERT INTO loose VALUES (1, now() - interval '1 hour', now() - interval '2 hours')");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void fails_in_the_first_pass_and_in_later_ones_when_nothing_is_said() {
        fixture.sync(LOOSE);
        fixture.db.run("INSERT INTO loose VALUES (2), (3)");
        for (int pass = 0; pass < 2; pass++) {
            assertThat(failing(LOOSE))
                    .hasMessageContaining("public.loose has 2 rows with NULL in updated_at")
                    .hasMessageContaining("nullWatermark");
        }
    }

    @Test
    void skips_them_and_counts_them_in_every_pass_when_asked() {
        TablePlan skipping = LOOSE.nullWatermark(NullWatermark.SKIP);
        fixture.db.run("INSERT INTO loose VALUES (2), (3)");
        for (int pass = 0; pass < 2; pass++) {
            TableReport report = fixture.sync(skipping);
            assertThat(SyncFixture.sentence(report, "NULL_WATERMARKS"))
                    .contains("2 rows have no watermark and will not be sent");
            assertThat(report.heldBack()).isZero();
        }
        assertThat(fixture.lake.values("id")).containsExactly("1");
        fixture.db.run("UPDATE loose SET updated_at = now() WHERE id = 2");
        fixture.waitForHorizon();
        fixture.sync(skipping);
        assertThat(fixture.lake.values("id")).containsExactly("1", "2");
    }

    @Test
    void takes_another_column_in_its_place_when_asked() {
        TablePlan either = LOOSE.nullWatermark(NullWatermark.coalesce("created_at"));
        fixture.db.run("INSERT INTO loose VALUES (2, NULL, now() - interval '90 minutes')");
        fixture.sync(either);
        assertThat(fixture.lake.values("id")).containsExactly("1", "2");
        assertThat(fixture.checkpoint().fingerprint().watermark())
                .isEqualTo("coalesce(updated_at, created_at) timestamptz");
        fixture.db.run("UPDATE loose SET updated_at = now() WHERE id = 2", "INSERT INTO loose VALUES (3, NULL, now())");
        fixture.waitForHorizon();
        fixture.sync(either);
        assertThat(fixture.lake.values("id")).containsExactly("1", "2", "2", "3");
        assertThat(fixture.sync(either).rows()).isZero();
    }

    @Test
    void fails_when_all_of_the_columns_are_null() {
        fixture.db.run("INSERT INTO loose VALUES (2)");
        assertThat(failing(LOOSE.nullWatermark(NullWatermark.coalesce("created_at"))))
                .hasMessageContaining("has 1 row with NULL in coalesce(updated_at, created_at)");
    }

    @Test
    void fails_when_a_key_is_null_whatever_becomes_of_the_watermark() {
        fixture.db.run("INSERT INTO loose VALUES (NULL, now())");
        assertThat(failing(LOOSE.nullWatermark(NullWatermark.SKIP))).hasMessageContaining("has 1 row with NULL in id");
        assertThat(failing(LOOSE.watermark("id").nullWatermark(NullWatermark.SKIP)))
                .hasMessageContaining("has 1 row with NULL in id");
    }

    @Test
    void refuses_a_column_of_another_type_and_none_at_all() {
        assertThat(failing(LOOSE.nullWatermark(NullWatermark.coalesce("day"))))
                .hasMessageContaining(
                        "cannot take day (date) in the place of updated_at (timestamp with time zone), for their types differ");
        assertThatThrownBy(NullWatermark::coalesce).hasMessageContaining("at least one column");
    }

    @Test
    void refuses_the_checkpoint_when_other_columns_make_the_watermark() {
        fixture.sync(LOOSE);
        assertThat(failing(LOOSE.nullWatermark(NullWatermark.coalesce("created_at"))))
                .hasMessageContaining("watermark was updated_at timestamptz and is coalesce(updated_at, created_at)");
    }

    private RuntimeException failing(TablePlan plan) {
        return fixture.extractor(plan).build().syncOnce().tables().get(0).error();
    }
}
