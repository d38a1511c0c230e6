package dev.sluice.jdbc;

import static dev.sluice.jdbc.Repeated.EVENTS;
import static dev.sluice.jdbc.Repeated.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.DeleteScan;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.row.WriteMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rows of a stretch are sent again, and the cursor stays. */
final class ReplayRangeTest {
    private final Repeated events = new Repeated();

    @BeforeEach
    void sync() {
        events.sync();
    }

    @AfterEach
    void close() {
        events.close();
    }

    @Test
    void sends_the_rows_of_the_stretch_as_they_are_now() {
        Checkpoint before = events.checkpoint();
        events.db.run("UPDATE events SET name = 'changed in place' WHERE id = 8");
        TableReport report = events.extractor(EVENTS).resend("events", at(4), at(9));
        assertThat(events.ids(10)).containsExactly("4", "5", "6", "7", "8");
        assertThat(events.last().get("name").asText()).isEqualTo("changed in place");
        assertThat(events.last().get("_cdc_op").asText()).isEqualTo("u");
        assertThat(events.sequence(10)).isGreaterThan(events.sequence(9));
        assertThat(events.lake.ids()).doesNotHaveDuplicates();
        assertThat(report.rows()).isEqualTo(5);
        assertThat(report.pages()).isEqualTo(2);
        assertThat(report.complete()).isTrue();
        assertThat(events.checkpoint().cursor()).isEqualTo(before.cursor());
        assertThat(events.checkpoint().pending()).isEmpty();
        assertThat(events.sync().rows()).isZero();
    }

    @Test
    void sends_the_same_stretch_under_new_ids_each_time() {
        JdbcExtractor extractor = events.extractor(EVENTS);
        extractor.resend("events", at(1), at(4));
        extractor.resend("events", at(1), at(4));
        assertThat(events.ids(10)).containsExactly("1", "2", "3", "1", "2", "3");
        assertThat(events.lake.ids()).doesNotHaveDuplicates();
    }

    @Test
    void saves_the_new_epoch_before_the_first_byte_leaves() {
        long before = events.checkpoint().epoch();
        List<Checkpoint> seen = new ArrayList<>();
        events.lake.beforeAnswer(batch -> seen.add(events.checkpoint()));
        events.extractor(EVENTS).resend("events", at(1), at(2));
        assertThat(seen).extracting(Checkpoint::epoch).containsExactly(before + 1);
        assertThat(seen.get(0).pending()).hasSize(1);
    }

    @Test
    void leaves_rows_to_the_next_sync_that_it_has_not_sent_yet() {
        events.db.run("INSERT INTO events VALUES (11, 'new', now()), (12, 'newer', now())");
        events.waitForHorizon();
        assertThat(events.extractor(EVENTS).resend("events", at(10), "infinity").rows())
                .isEqualTo(1);
        events.sync();
        assertThat(events.ids(10)).containsExactly("10", "11", "12");
    }

    @Test
    void leaves_a_row_to_the_next_sync_that_lies_just_where_the_load_ended() {
        String end = events.checkpoint().cursor().watermark();
        events.db.run("INSERT INTO events VALUES (11, 'new', '" + end + "')");
        assertThat(events.extractor(EVENTS).resend("events", at(10), "infinity").rows())
                .isEqualTo(1);
        events.sync();
        assertThat(events.ids(10)).containsExactly("10", "11");
    }

    @Test
    void replaces_rows_when_the_mode_is_merge() {
        TablePlan merge = EVENTS.mode(WriteMode.MERGE);
        CheckpointStore other = CheckpointStore.inMemory();
        JdbcExtractor extractor = events.builder(merge, other).build();
        extractor.syncOnce();
        extractor.resend("bronze.events", at(1), at(3));
        assertThat(events.ids(20)).containsExactly("1", "2");
        assertThat(events.lake.batches().get(8).destination().mode()).isEqualTo(WriteMode.MERGE);
    }

    @Test
    void loses_nothing_when_it_crashed() {
        Checkpoint before = events.checkpoint();
        events.lake.beforeAnswer(batch -> events.store.crash());
        JdbcExtractor extractor = events.extractor(EVENTS);
        assertThatThrownBy(() -> extractor.resend("events", at(1), at(9))).isInstanceOf(CrashingStore.CrashError.class);
        events.lake.beforeAnswer(batch -> {});
        Checkpoint crashed = events.checkpoint();
        events.db.run("INSERT INTO events VALUES (11, 'new', now())");
        events.waitForHorizon();
        events.sync();
        assertThat(events.ids(10)).containsExactly("1", "2", "3", "1", "2", "3", "11");
        assertThat(events.lake.ids().get(5)).isEqualTo(events.lake.ids().get(4));
        assertThat(crashed.cursor()).isEqualTo(before.cursor());
    }

    @Test
    void settles_what_was_pending_before_it_begins_anew() {
        events.lake.beforeAnswer(batch -> events.store.crash());
        JdbcExtractor extractor = events.extractor(EVENTS);
        assertThatThrownBy(() -> extractor.resend("events", at(1), at(3))).isInstanceOf(CrashingStore.CrashError.class);
        events.lake.beforeAnswer(batch -> {});
        TableReport report = extractor.resend("events", at(1), at(3));
        assertThat(report.rows()).isEqualTo(2);
        assertThat(events.ids(10)).containsExactly("1", "2", "1", "2", "1", "2");
        assertThat(events.lake.ids().get(5)).isEqualTo(events.lake.ids().get(4));
        assertThat(events.lake.ids().get(6)).isNotEqualTo(events.lake.ids().get(5));
    }

    @Test
    void ends_behind_the_page_on_its_way_when_it_is_stopped() {
        JdbcExtractor extractor = events.extractor(EVENTS);
        events.lake.beforeAnswer(batch -> extractor.stop());
        TableReport report = extractor.resend("events", at(1), at(9));
        assertThat(report.rows()).isEqualTo(3);
        assertThat(report.complete()).isFalse();
        assertThat(report.error()).isNull();
    }

    @Test
    void reports_what_went_wrong_on_the_way() {
        events.lake.beforeAnswer(batch -> events.db.run("ALTER TABLE events RENAME TO gone"));
        TableReport report = events.extractor(EVENTS).resend("events", at(1), at(9));
        assertThat(report.rows()).isEqualTo(3);
        assertThat(report.complete()).isFalse();
        assertThat(report.error()).hasMessageContaining("does not exist");
    }

    @Test
    void tells_a_listener_of_each_page() {
        List<String> heard = new ArrayList<>();
        SyncListener listener = new SyncListener() {
            @Override
            public void tableStarted(String source, String destination, long expectedRows) {
                heard.add("started " + source);
            }

            @Override
            public void pageSettled(String source, String destination, long rows) {
                heard.add("rows " + rows);
            }

            @Override
            public void tableEnded(TableReport report) {
                heard.add("ended " + report.rows());
            }
        };
        events.builder(EVENTS, events.store).listener(listener).build().resend("events", at(1), at(5));
        assertThat(heard).containsExactly("started public.events", "rows 3", "rows 4", "ended 4");
    }

    @Test
    void keeps_the_keys_of_what_it_sends_for_the_search_for_deleted_rows() {
        TablePlan scanned = EVENTS.deletes(DeleteScan.every(Duration.ofDays(1)));
        JdbcExtractor extractor = events.extractor(scanned);
        extractor.syncOnce();
        events.db.run("INSERT INTO events VALUES (99, 'with an old time', '" + at(2) + "')");
        extractor.resend("events", at(2), at(3));
        events.db.run("DELETE FROM events WHERE id = 99");
        events.extractor(EVENTS.deletes(DeleteScan.every(Duration.ZERO))).syncOnce();
        assertThat(events.last().get("id").asText()).isEqualTo("99");
        assertThat(events.last().get("_cdc_op").asText()).isEqualTo("d");
    }

    @Test
    void changes_nothing_when_the_stretch_makes_no_sense() {
        Checkpoint before = events.checkpoint();
        JdbcExtractor extractor = events.extractor(EVENTS);
        assertThatThrownBy(() -> extractor.resend("events", at(3), at(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ends before it begins");
        assertThatThrownBy(() -> extractor.resend("events", at(3), "soon"))
                .isInstanceOf(IllegalArgumentException.class);
        CheckpointStore.Lock other = events.store.lock(Duration.ZERO);
        assertThatThrownBy(() -> extractor.resend("events", at(1), at(3))).isInstanceOf(CheckpointException.class);
        other.close();
        assertThat(events.checkpoint()).isEqualTo(before);
        assertThat(events.lake.rows()).hasSize(10);
    }
}
