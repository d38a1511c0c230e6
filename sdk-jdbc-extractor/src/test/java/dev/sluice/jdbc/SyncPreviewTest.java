package dev.sluice.jdbc;

import static dev.sluice.jdbc.Repeated.EVENTS;
import static dev.sluice.jdbc.Repeated.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.checkpoint.Chunk;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.Load;
import dev.sluice.jdbc.source.TablePlan;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A preview tells what a pass would read, and changes nothing. */
final class SyncPreviewTest {
    private final Repeated events = new Repeated();

    @AfterEach
    void close() {
        events.close();
    }

    @Test
    void counts_what_waits_and_sends_nothing() {
        SyncPreview first = preview(EVENTS);
        assertThat(first.source()).isEqualTo("public.events");
        assertThat(first.cursor()).isNull();
        assertThat(first.waiting()).isEqualTo(10);
        assertThat(first.horizon()).isNotNull();
        assertThat(first.error()).isNull();
        assertThat(events.lake.rows()).isEmpty();
        assertThat(events.store.list()).isEmpty();
        events.sync();
        assertThat(preview(EVENTS).waiting()).isZero();
    }

    @Test
    void gives_sql_that_reads_the_first_page_as_it_is() {
        events.sync();
        events.extractor(EVENTS).rewind("events", at(5));
        SyncPreview preview = preview(EVENTS);
        assertThat(preview.waiting()).isEqualTo(6);
        assertThat(preview.statements()).hasSize(1);
        String sql = preview.statements().get(0);
        assertThat(sql)
                .contains("CAST('" + at(5) + "' AS timestamp with time zone)")
                .endsWith(" LIMIT 4");
        assertThat(events.db.one("SELECT string_agg(id::text, ',') FROM (" + sql + ") AS page"))
                .isEqualTo("5,6,7,8");
    }

    @Test
    void quotes_keys_that_hold_quotes() {
        events.db.run(
                "CREATE TABLE odd (name text PRIMARY KEY, updated_at timestamptz NOT NULL)",
                "INSERT INTO odd VALUES ('it''s \\ ?', '2025-01-01Z')");
        TablePlan odd =
                TablePlan.of("odd", "bronze.odd").watermark("updated_at").key("name");
        events.extractor(odd).syncOnce();
        events.db.run("UPDATE odd SET updated_at = now()");
        events.waitForHorizon();
        events.extractor(odd).syncOnce();
        String sql = preview(odd).statements().get(0);
        assertThat(sql).contains("'it''s \\ ?'");
        assertThat(events.db.one("SELECT count(*) FROM (" + sql + ") AS page")).isEqualTo("0");
    }

    @Test
    void shows_pending_ranges_first() {
        events.lake.beforeAnswer(batch -> events.store.crash());
        assertThatThrownBy(events::sync).isInstanceOf(CrashingStore.CrashError.class);
        SyncPreview preview = preview(EVENTS);
        assertThat(preview.pending()).isEqualTo(3);
        assertThat(preview.statements()).hasSize(2);
        assertThat(events.db.one("SELECT string_agg(id::text, ',') FROM ("
                        + preview.statements().get(0) + ") AS page"))
                .isEqualTo("1,2,3");
    }

    @Test
    void shows_each_part_that_is_still_to_be_loaded() {
        Cursor middle = new Cursor(null, List.of("4"));
        save(Checkpoint.start("public.events", "bronze.events", null)
                .change()
                .load(new Load(
                        "2025-02-01T00:00:00Z",
                        "2025-02-01 00:00:00+00",
                        List.of(
                                new Chunk(null, middle, middle, true),
                                new Chunk(middle, null, new Cursor(null, List.of("6")), false))))
                .build());
        SyncPreview preview = preview(EVENTS);
        assertThat(preview.statements()).hasSize(1);
        assertThat(preview.waiting()).isEqualTo(4);
    }

    @Test
    void tells_what_is_in_the_way() {
        assertThat(preview(TablePlan.of("none", "bronze.none")
                                .watermark("updated_at")
                                .key("id"))
                        .error())
                .hasMessageContaining("there is no table or view none");
        events.sync();
        SyncPreview other = preview(EVENTS.key("updated_at"));
        assertThat(other.error()).hasMessageContaining("is not for this set-up");
        assertThat(other.cursor()).isNotNull();
        assertThat(other.statements()).isEmpty();
    }

    @Test
    void looks_on_while_another_runner_holds_the_checkpoints() {
        CheckpointStore.Lock other = events.store.lock(Duration.ZERO);
        assertThat(preview(EVENTS).error()).isNull();
        other.close();
    }

    private SyncPreview preview(TablePlan plan) {
        return events.extractor(plan).preview().get(0);
    }

    private void save(Checkpoint checkpoint) {
        CheckpointStore.Lock lock = events.store.lock(Duration.ZERO);
        events.store.save(checkpoint);
        lock.close();
    }
}
