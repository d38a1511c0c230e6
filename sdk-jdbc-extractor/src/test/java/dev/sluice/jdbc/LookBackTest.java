package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.spool.Spool;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that an application stamped come with times that lie behind what was read already. */
final class LookBackTest {
    private static final TablePlan EVENTS = TablePlan.of("events", "bronze.events")
            .watermark("updated_at")
            .key("id")
            .lookBack(Duration.ofHours(1));

    private final SyncFixture fixture = new SyncFixture();

    @BeforeEach
    void create_events() {
        create(fixture, "timestamptz");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void delivers_a_row_that_comes_with_an_old_time() {
        insert(fixture, 1, 30);
        fixture.sync(EVENTS);
        insert(fixture, 2, 45);
        fixture.sync(EVENTS);
        assertThat(fixture.lake.values("id")).containsExactly("1", "2");
    }

    @Test
    void delivers_nothing_twice_when_nothing_changed() {
        fixture.db.run(
                "INSERT INTO events SELECT i, 'n', now() - interval '1 minute' * i FROM generate_series(1, 50) i");
        fixture.sync(EVENTS);
        assertThat(fixture.sync(EVENTS).rows()).isZero();
        assertThat(fixture.sync(EVENTS).rows()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void delivers_an_update_that_does_not_raise_the_time(boolean cdc) {
        insert(fixture, 1, 30);
        insert(fixture, 2, 30);
        fixture.sync(EVENTS.cdc(cdc));
        fixture.db.run("UPDATE events SET name = 'same time' WHERE id = 1");
        fixture.sync(EVENTS.cdc(cdc));
        fixture.db.run("UPDATE events SET name = 'older time', updated_at = updated_at - interval '5 minutes'");
        fixture.sync(EVENTS.cdc(cdc));
        fixture.sync(EVENTS.cdc(cdc));
        assertThat(fixture.lake.values("name")).containsExactly("n", "n", "same time", "older time", "older time");
    }

    @Test
    void delivers_a_row_that_is_what_it_was_two_passes_ago() {
        insert(fixture, 1, 30);
        fixture.sync(EVENTS);
        for (String name : new String[] {"other", "n", "other"}) {
            fixture.db.run("UPDATE events SET name = '" + name + "'");
            fixture.sync(EVENTS);
        }
        assertThat(fixture.lake.values("name")).containsExactly("n", "other", "n", "other");
        assertThat(fixture.lake.ids()).doesNotHaveDuplicates();
    }

    @Test
    void delivers_a_row_that_was_deleted_softly_under_its_time() {
        fixture.db.run("ALTER TABLE events ADD gone boolean NOT NULL DEFAULT false");
        TablePlan plan = EVENTS.cdc(true).softDelete("gone").exclude("gone");
        fixture.db.run("INSERT INTO events VALUES (1, 'n', now() - interval '30 minutes')");
        fixture.sync(plan);
        fixture.db.run("UPDATE events SET gone = true");
        fixture.sync(plan);
        fixture.sync(plan);
        assertThat(fixture.lake.values("_cdc_op")).containsExactly("u", "d");
    }

    @Test
    void leaves_rows_alone_that_are_older_than_it_looks_back() {
        insert(fixture, 1, 30);
        fixture.sync(EVENTS);
        insert(fixture, 2, 90);
        assertThat(fixture.sync(EVENTS).rows()).isZero();
    }

    @Test
    void forgets_rows_that_are_older_than_it_looks_back() {
        insert(fixture, 1, 90);
        insert(fixture, 2, 30);
        fixture.sync(EVENTS);
        assertThat(fixture.checkpoint().recent()).hasSize(1);
        fixture.db.run("UPDATE events SET updated_at = now() - interval '2 hours'");
        fixture.sync(EVENTS);
        assertThat(fixture.checkpoint().recent()).isEmpty();
    }

    @Test
    void remembers_only_rows_that_will_be_read_again_when_it_was_set_back() {
        insert(fixture, 1, 90);
        insert(fixture, 2, 30);
        fixture.sync(EVENTS);
        fixture.extractor(EVENTS).build().rewind("events", "-infinity");
        fixture.sync(EVENTS);
        assertThat(fixture.lake.values("id")).containsExactly("1", "2", "1", "2");
        assertThat(fixture.checkpoint().recent()).hasSize(1);
        assertThat(fixture.sync(EVENTS).rows()).isZero();
    }

    @Test
    void sends_nothing_of_a_load_again_when_the_first_pass_died_behind_it() {
        fixture.db.run(
                "INSERT INTO events SELECT i, 'old', now() - interval '90 minutes' FROM generate_series(1, 5) i",
                "INSERT INTO events SELECT i, 'n', now() - interval '30 minutes' FROM generate_series(10, 30) i");
        fixture.lake.beforeAnswer(batch -> {
            if (fixture.lake.batches().size() == 3) {
                fixture.store.crash();
            }
        });
        assertThatThrownBy(() -> fixture.sync(EVENTS)).isInstanceOf(CrashingStore.CrashError.class);
        fixture.lake.beforeAnswer(batch -> {});
        assertThat(fixture.checkpoint().loaded()).isTrue();
        fixture.sync(EVENTS);
        assertThat(fixture.valuesOnce("id")).hasSize(26).doesNotHaveDuplicates();
    }

    @Test
    void goes_on_behind_a_page_of_rows_that_were_all_sent() {
        fixture.db.run("INSERT INTO events SELECT i, 'n', now() - interval '30 minutes' FROM generate_series(1, 35) i");
        fixture.sync(EVENTS);
        int batches = fixture.lake.batches().size();
        fixture.db.run("UPDATE events SET name = 'new' WHERE id IN (15, 35)");
        assertThat(fixture.sync(EVENTS).pages()).isEqualTo(2);
        assertThat(fixture.lake.values("id").subList(35, 37)).containsExactly("15", "35");
        assertThat(fixture.lake.batches()).hasSize(batches + 2);
    }

    @Test
    void finds_what_was_committed_late_when_the_first_pass_took_two_attempts() {
        fixture.db.run(
                "INSERT INTO events SELECT i, 'n', now() - interval '30 minutes' FROM generate_series(10, 30) i");
        fixture.store.crashAfter(4);
        assertThatThrownBy(() -> fixture.sync(EVENTS)).isInstanceOf(CrashingStore.CrashError.class);
        assertThat(fixture.checkpoint().cursor()).isNotNull();
        insert(fixture, 1, 45);
        fixture.sync(EVENTS);
        assertThat(fixture.valuesOnce("id")).hasSize(22).doesNotHaveDuplicates();
    }

    @Test
    void sends_rows_again_and_says_how_many_when_there_are_more_than_are_remembered() {
        int rows = Recent.CAPACITY + 30;
        fixture.db.run("INSERT INTO events SELECT i, 'n', now() - interval '30 minutes' FROM generate_series(1, " + rows
                + ") i");
        JdbcExtractor.Builder large = fixture.extractor(EVENTS).pages(BatchPolicy.DEFAULT);
        TableReport first = fixture.sync(large);
        assertThat(SyncFixture.sentence(first, "RECENT_OVERFLOW"))
                .hasValueSatisfying(sentence -> assertThat(sentence).startsWith("30 rows found no room"));
        TableReport second = fixture.sync(large);
        assertThat(second.rows()).isEqualTo(30);
        assertThat(SyncFixture.codes(second)).containsExactly("RECENT_OVERFLOW");
    }

    @Test
    void loses_and_repeats_nothing_when_it_crashes_at_any_save() {
        boolean crashed = true;
        for (int saves = 0; crashed; saves++) {
            try (SyncFixture one = new SyncFixture()) {
                create(one, "timestamptz");
                one.db.run(
                        "INSERT INTO events SELECT i, 'n', now() - interval '40 minutes' FROM generate_series(1, 25) i");
                one.sync(EVENTS);
                one.db.run(
                        "UPDATE events SET name = 'changed' WHERE id % 2 = 0",
                        "INSERT INTO events SELECT i, 'late', now() - interval '50 minutes' FROM generate_series(31, 45) i",
                        "INSERT INTO events SELECT i, 'new', now() - interval '1 minute' FROM generate_series(51, 65) i",
                        "INSERT INTO events SELECT i, 'future', 'infinity' FROM generate_series(71, 85) i");
                crashed = one.crashesAfter(saves, one.extractor(EVENTS));
                one.sync(EVENTS);
                assertThat(one.valuesOnce("id")).as("crash at save %s", saves).hasSize(25 + 12 + 15 + 15 + 15);
                assertThat(one.valuesOnce("name")).as("crash at save %s", saves).contains("late", "new", "future");
            }
        }
    }

    @Test
    void repeats_nothing_when_it_dies_behind_the_spool(@TempDir Path directory) {
        insert(fixture, 1, 30);
        CrashingSpool spool = new CrashingSpool(Spool.sqlite(directory.resolve("spool.db")));
        try (StreamClient first = spooling(spool)) {
            through(first);
            insert(fixture, 2, 45);
            spool.afterPut(() -> {
                throw new CrashingStore.CrashError();
            });
            assertThatThrownBy(() -> through(first)).isInstanceOf(CrashingStore.CrashError.class);
        }
        try (StreamClient second = spooling(Spool.sqlite(directory.resolve("spool.db")))) {
            through(second);
            through(second);
        }
        assertThat(fixture.lake.values("id")).containsExactly("1", "2");
    }

    private StreamClient spooling(Spool spool) {
        return StreamClient.builder()
                .maxInFlight(1)
                .transport(fixture.lake)
                .spool(spool)
                .build();
    }

    private void through(StreamClient client) {
        TableReport report = JdbcExtractor.builder(fixture.db.dataSource(), client)
                .readAhead(false)
                .checkpoints(fixture.store)
                .table(EVENTS)
                .build()
                .syncOnce()
                .tables()
                .get(0);
        assertThat(report.error()).isNull();
    }

    /** The hour that comes twice is held back by the bound, and rows of its second pass are found by looking back. */
    @ParameterizedTest
    @ValueSource(strings = {"America/New_York", "Europe/Berlin", "Australia/Lord_Howe"})
    void finds_local_times_again_that_came_twice(String name) {
        ZoneId zone = ZoneId.of(name);
        create(fixture, "timestamp");
        LocalDateTime local = LocalDateTime.now(zone);
        TablePlan naive = EVENTS.watermarkZone(zone).lookBack(Duration.ofHours(2));
        fixture.db.run("INSERT INTO events VALUES (1, 'first', '" + local.minusMinutes(10) + "')");
        fixture.sync(naive);
        // An hour later by the clock on the wall put back by an hour: a time that was there before.
        fixture.db.run("INSERT INTO events VALUES (2, 'second', '" + local.minusMinutes(70) + "')");
        fixture.sync(naive);
        assertThat(fixture.lake.values("id")).containsExactly("1", "2");
    }

    @Test
    void refuses_to_look_back_by_a_time_when_the_watermark_is_none() {
        assertThat(fixture.extractor(EVENTS.watermark("id"))
                        .build()
                        .syncOnce()
                        .tables()
                        .get(0)
                        .error())
                .hasMessageContaining("cannot look back by a time on id, whose type is integer");
    }

    private static void create(SyncFixture one, String type) {
        one.db.run(
                "DROP TABLE IF EXISTS events",
                "CREATE TABLE events (id int PRIMARY KEY, name text, updated_at " + type + " NOT NULL)");
    }

    private static void insert(SyncFixture one, int id, int minutesAgo) {
        one.db.run("INSERT INTO events VALUES (" + id + ", 'n', now() - interval '" + minutesAgo + " minutes')");
    }
}
