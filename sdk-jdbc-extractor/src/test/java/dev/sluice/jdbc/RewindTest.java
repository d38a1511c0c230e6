package dev.sluice.jdbc;

import static dev.sluice.jdbc.Repeated.EVENTS;
import static dev.sluice.jdbc.Repeated.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.Load;
import dev.sluice.jdbc.checkpoint.Mark;
import dev.sluice.jdbc.checkpoint.Overtaken;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import dev.sluice.jdbc.source.DeleteScan;
import dev.sluice.jdbc.source.TablePlan;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A table that is set back sends everything from there on again, and loses nothing. */
final class RewindTest {
    private final Repeated events = new Repeated();

    @AfterEach
    void close() {
        events.close();
    }

    @Test
    void sends_everything_from_the_place_on_under_new_ids() {
        events.sync();
        Set<String> before = new HashSet<>(events.lake.ids());
        Cursor place = events.extractor(EVENTS).rewind("events", at(6));
        TableReport report = events.sync();
        assertThat(place).isEqualTo(new Cursor(at(6), List.of()));
        assertThat(report.rows()).isEqualTo(5);
        assertThat(events.ids(10)).containsExactly("6", "7", "8", "9", "10");
        assertThat(events.lake.ids().subList(4, 6)).doesNotContainAnyElementsOf(before);
        assertThat(events.sequence(10)).isGreaterThan(events.sequence(9));
        assertThat(events.last().get("_cdc_op").asText()).isEqualTo("u");
        assertThat(events.sync().rows()).isZero();
    }

    @Test
    void begins_a_new_epoch_before_anything_is_sent() {
        events.sync();
        Checkpoint before = events.checkpoint();
        events.extractor(EVENTS).rewind("bronze.events", at(6));
        Checkpoint after = events.checkpoint();
        assertThat(after.epoch()).isEqualTo(before.epoch() + 1);
        assertThat(after.sequence()).isEqualTo(before.sequence());
        assertThat(after.fingerprint()).isEqualTo(before.fingerprint());
        assertThat(after.loaded()).isTrue();
        assertThat(events.lake.rows()).hasSize(10);
    }

    @Test
    void sends_every_row_of_the_watermark_itself() {
        events.db.run("UPDATE events SET updated_at = '" + at(4) + "' WHERE id BETWEEN 3 AND 8");
        events.sync();
        events.extractor(EVENTS).rewind("events", at(4));
        events.sync();
        assertThat(events.ids(10)).containsExactly("3", "4", "5", "6", "7", "8", "9", "10");
    }

    @Test
    void understands_what_the_database_does() {
        events.sync();
        assertThat(events.extractor(EVENTS).rewind("events", "2025-01-01T01:07:00+01:00"))
                .isEqualTo(new Cursor(at(7), List.of()));
        assertThat(events.extractor(EVENTS).rewind("events", "2025-01-01 0:05"))
                .isEqualTo(new Cursor(at(5), List.of()));
        assertThat(events.extractor(EVENTS).rewind("events", "-infinity").watermark())
                .isEqualTo("-infinity");
        assertThat(events.sync().rows()).isEqualTo(10);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2025-13-01", "gestern", "", "2025-01-01'; DROP TABLE events; --", "999999999-01-01"})
    void changes_nothing_when_the_text_is_no_watermark(String text) {
        events.sync();
        Checkpoint before = events.checkpoint();
        JdbcExtractor extractor = events.extractor(EVENTS);
        assertThatThrownBy(() -> extractor.rewind("events", text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("for a value of updated_at, the watermark of public.events, whose type is"
                        + " timestamp with time zone");
        assertThat(events.checkpoint()).isEqualTo(before);
    }

    @Test
    void changes_nothing_when_rows_would_be_skipped() {
        events.sync();
        Checkpoint before = events.checkpoint();
        JdbcExtractor extractor = events.extractor(EVENTS);
        String justBeyond = events.db.one(
                "SELECT (timestamptz '" + before.cursor().watermark() + "' + interval '1 microsecond')::text");
        for (String beyond : List.of(justBeyond, "now", "infinity")) {
            assertThatThrownBy(() -> extractor.rewind("events", beyond))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("lies behind its cursor");
        }
        assertThat(events.checkpoint()).isEqualTo(before);
        extractor.rewind("events", at(10));
        assertThat(events.sync().rows()).isEqualTo(1);
    }

    @Test
    void loses_nothing_when_a_page_behind_the_cursor_was_pending() {
        events.sync();
        events.db.run("UPDATE events SET updated_at = now() + id * interval '1 microsecond'");
        events.waitForHorizon();
        events.lake.beforeAnswer(batch -> {
            if (events.lake.batches().size() == 7) {
                events.store.crash();
            }
        });
        assertThatThrownBy(events::sync).isInstanceOf(CrashingStore.CrashError.class);
        events.lake.beforeAnswer(batch -> {});
        assertThat(events.checkpoint().pending()).isNotEmpty();
        int sent = events.lake.rows().size();
        events.extractor(EVENTS).rewind("events", events.db.one("SELECT updated_at::text FROM events WHERE id = 2"));
        events.sync();
        assertThat(events.ids(sent)).containsExactly("2", "3", "4", "5", "6", "7", "8", "9", "10");
    }

    @ParameterizedTest
    @EnumSource(Phase.class)
    void keeps_a_pending_range_when_it_may_lie_before_the_place(Phase phase) {
        Cursor cursor = new Cursor(at(9), List.of("9"));
        PendingRange range = new PendingRange(phase, null, cursor, null, 1, "b1", 1, "t");
        Checkpoint after = Checkpoint.start("s", "d", null)
                .change()
                .cursor(cursor)
                .pending(range)
                .build()
                .rewound(new Cursor(at(1), List.of()));
        assertThat(after.pending()).hasSize(phase.movesCursor() ? 0 : 1);
    }

    @Test
    void keeps_what_is_to_be_read_again_and_forgets_what_would_leave_rows_out() {
        Overtaken overtaken = new Overtaken("2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z");
        Checkpoint after = Checkpoint.start("s", "d", null)
                .change()
                .cursor(new Cursor(at(9), List.of("9")))
                .horizon("2025-01-01T00:00:00Z")
                .rows(9)
                .overtaken(overtaken)
                .prepared(Map.of("x", "2024-01-01T00:00:00Z"))
                .recent(Map.of("9", "digest"))
                .marks(List.of(new Mark("2024-01-01T00:00:00Z", "5")))
                .scanned("2024-01-01T00:00:00Z")
                .build()
                .rewound(new Cursor(at(1), List.of()));
        assertThat(after.overtaken()).isEqualTo(overtaken);
        assertThat(after.prepared()).hasSize(1);
        assertThat(after.scanned()).isNotNull();
        assertThat(after.recent()).isEmpty();
        assertThat(after.marks()).isEmpty();
        assertThat(after.horizon()).isNull();
        assertThat(after.rows()).isZero();
    }

    @Test
    void refuses_a_table_that_is_being_loaded() {
        Checkpoint loading = Checkpoint.start("public.events", "bronze.events", null)
                .change()
                .cursor(new Cursor(at(9), List.of()))
                .load(new Load("2025-01-01T00:00:00Z", null, List.of()))
                .build();
        assertThatThrownBy(() -> loading.rewound(new Cursor(at(1), List.of())))
                .isInstanceOf(IllegalStateException.class);
        save(loading);
        JdbcExtractor extractor = events.extractor(EVENTS);
        assertThatThrownBy(() -> extractor.rewind("events", at(1)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("Sync it first");
        assertThat(events.checkpoint()).isEqualTo(loading);
    }

    @Test
    void refuses_a_table_that_was_never_synced_or_is_unknown() {
        JdbcExtractor extractor = events.extractor(EVENTS);
        assertThatThrownBy(() -> extractor.rewind("events", at(1)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("it was never synced");
        assertThatThrownBy(() -> extractor.rewind("event", at(1))).hasMessageContaining("0 of the 1 tables are called");
        assertThat(events.store.list()).isEmpty();
    }

    @Test
    void refuses_a_checkpoint_of_other_settings() {
        events.sync();
        TablePlan other = EVENTS.key("updated_at");
        assertThatThrownBy(() -> events.extractor(other).rewind("events", at(1)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("is not for this set-up");
    }

    @Test
    void waits_for_another_runner_as_long_as_it_is_told_to() throws InterruptedException {
        events.sync();
        JdbcExtractor patient = events.builder(EVENTS, events.store)
                .lockWait(Duration.ofSeconds(30))
                .build();
        CheckpointStore.Lock other = events.store.lock(Duration.ZERO);
        assertThatThrownBy(() -> events.extractor(EVENTS).rewind("events", at(1)))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("running since");
        Thread waiting = new Thread(() -> patient.rewind("events", at(1)));
        waiting.start();
        while (waiting.isAlive() && waiting.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        other.close();
        waiting.join();
        assertThat(events.checkpoint().cursor().watermark()).isEqualTo(at(1));
        assertThatThrownBy(() -> events.builder(EVENTS, events.store).lockWait(Duration.ofSeconds(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void mends_a_checkpoint_that_lies_in_the_databases_future() {
        events.sync();
        save(events.checkpoint()
                .change()
                .cursor(new Cursor("2999-01-01 00:00:00+00", List.of("1")))
                .horizon("2999-01-01T00:00:00Z")
                .build());
        assertThat(events.sync().error()).hasMessageContaining("state rewind");
        events.extractor(EVENTS).rewind("events", at(8));
        assertThat(events.sync().error()).isNull();
        assertThat(events.ids(10)).containsExactly("8", "9", "10");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void finds_rows_that_were_deleted_before_a_new_beginning(boolean reset) {
        TablePlan scanned = EVENTS.deletes(DeleteScan.every(Duration.ofDays(reset ? 1 : 0)));
        events.extractor(scanned).syncOnce();
        events.db.run("DELETE FROM events WHERE id = 3");
        if (reset) {
            save(events.checkpoint().reset());
        } else {
            events.extractor(scanned).rewind("events", at(1));
        }
        events.extractor(scanned).syncOnce();
        assertThat(events.last().get("_cdc_op").asText()).isEqualTo("d");
        assertThat(events.last().get("id").asText()).isEqualTo("3");
    }

    private void save(Checkpoint checkpoint) {
        CheckpointStore.Lock lock = events.store.lock(Duration.ZERO);
        events.store.save(checkpoint);
        lock.close();
    }
}
