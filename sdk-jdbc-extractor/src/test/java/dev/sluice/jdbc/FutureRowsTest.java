package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.source.TablePlan;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One row from the future must not freeze a table, nor wait for ever. */
final class FutureRowsTest {
    private static final TablePlan EVENTS =
            TablePlan.of("events", "bronze.events").watermark("updated_at").key("id");

    private final SyncFixture fixture = new SyncFixture();

    @BeforeEach
    void create_events() {
        create("timestamptz");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"infinity", "9999-12-31", "2999-01-01 00:00:00"})
    void delivers_a_row_of_the_future_once_and_does_not_move_to_it(String time) {
        insert(1, "'" + time + "'");
        insert(2, "now() - interval '1 minute'");
        TableReport first = fixture.sync(EVENTS);
        assertThat(first.inFuture()).isEqualTo(1);
        assertThat(first.heldBack()).isZero();
        assertThat(SyncFixture.codes(first)).containsExactly("FUTURE_WATERMARKS");
        assertThat(first.cursor().key()).isEmpty();
        assertThat(Instant.parse(fixture.checkpoint().horizon())).isBefore(Instant.now());
        insert(3, "now()");
        fixture.waitForHorizon();
        TableReport second = fixture.sync(EVENTS);
        assertThat(fixture.lake.values("id")).containsExactly("2", "1", "3");
        assertThat(second.inFuture()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamptz", "date"})
    void delivers_a_change_of_a_row_of_the_future(String type) {
        create(type);
        insert(1, "'infinity'");
        fixture.sync(EVENTS);
        fixture.db.run("UPDATE events SET name = 'new'");
        fixture.sync(EVENTS);
        fixture.db.run("UPDATE events SET name = 'n'");
        fixture.sync(EVENTS);
        fixture.sync(EVENTS);
        assertThat(fixture.lake.values("name")).containsExactly("n", "new", "n");
        assertThat(fixture.lake.ids()).doesNotHaveDuplicates();
    }

    @Test
    void leaves_a_row_out_that_was_sent_when_its_time_has_come() {
        TablePlan timeless = EVENTS.exclude("updated_at");
        insert(1, "now() + interval '1 hour'");
        fixture.sync(timeless);
        // As far as the lake can tell, it is the time that has come, and not the row that has changed.
        fixture.db.run("UPDATE events SET updated_at = now() + interval '30 seconds'");
        assertThat(fixture.sync(timeless).heldBack()).isEqualTo(1);
        fixture.db.run("UPDATE events SET updated_at = now()");
        fixture.waitForHorizon();
        fixture.sync(timeless);
        assertThat(fixture.lake.rows()).hasSize(1);
        assertThat(fixture.checkpoint().cursor().key()).containsExactly("1");
        fixture.sync(timeless);
        assertThat(fixture.checkpoint().recent()).isEmpty();
    }

    @Test
    void delivers_a_row_whose_time_was_put_right() {
        insert(1, "'9999-12-31'");
        fixture.sync(EVENTS);
        fixture.db.run("UPDATE events SET updated_at = now(), name = 'right'");
        fixture.waitForHorizon();
        fixture.sync(EVENTS);
        fixture.db.run("UPDATE events SET updated_at = '9999-12-31', name = 'n'");
        fixture.sync(EVENTS);
        assertThat(fixture.lake.values("name")).containsExactly("n", "right", "n");
    }

    @Test
    void holds_a_row_back_when_its_clock_is_only_a_little_ahead() {
        insert(1, "now() + interval '30 seconds'");
        TableReport report = fixture.sync(EVENTS);
        assertThat(report.heldBack()).isEqualTo(1);
        assertThat(report.inFuture()).isZero();
        assertThat(report.findings()).isEmpty();
    }

    @Test
    void delivers_tomorrows_rows_and_holds_todays_back_when_the_column_is_a_date() {
        create("date");
        fixture.db.run("SET TIME ZONE 'UTC'; INSERT INTO events VALUES (1, 'n', current_date),"
                + " (2, 'n', current_date + 2), (3, 'n', 'infinity')");
        TableReport report = fixture.sync(EVENTS);
        assertThat(fixture.lake.values("id")).containsExactly("2", "3");
        assertThat(report.heldBack()).isEqualTo(1);
    }

    @Test
    void sends_rows_again_and_says_how_many_when_there_are_more_than_are_remembered() {
        fixture.db.run("INSERT INTO events SELECT i, 'n', 'infinity' FROM generate_series(1, " + (Recent.CAPACITY + 20)
                + ") i");
        JdbcExtractor.Builder large = fixture.extractor(EVENTS).pages(BatchPolicy.DEFAULT);
        assertThat(SyncFixture.codes(fixture.sync(large)))
                .containsExactlyInAnyOrder("FUTURE_WATERMARKS", "RECENT_OVERFLOW");
        assertThat(fixture.sync(large).rows()).isEqualTo(20);
    }

    @Test
    void is_remembered_no_more_when_it_was_deleted_and_its_time_is_over() {
        insert(1, "now() + interval '1 hour'");
        fixture.sync(EVENTS);
        fixture.db.run("DELETE FROM events");
        fixture.sync(EVENTS);
        assertThat(fixture.checkpoint().recent().values())
                .singleElement()
                .asString()
                .contains(" until ");
    }

    private void create(String type) {
        fixture.db.run(
                "DROP TABLE IF EXISTS events",
                "CREATE TABLE events (id int PRIMARY KEY, name text, updated_at " + type + " NOT NULL)");
    }

    private void insert(int id, String time) {
        fixture.db.run("INSERT INTO events VALUES (" + id + ", 'n', " + time + ")");
    }
}
