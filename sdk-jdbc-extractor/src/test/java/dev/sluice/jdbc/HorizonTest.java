package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.StreamClient;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import dev.sluice.jdbc.source.TablePlan;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that are committed later than others with a younger time must not be missed. */
final class HorizonTest {
    private static final TablePlan EVENTS =
            TablePlan.of("events", "bronze.events").watermark("updated_at").key("id");

    private final TestDatabase db = new TestDatabase();
    private final RecordingLake lake = new RecordingLake();
    private final StreamClient client =
            StreamClient.builder().maxInFlight(1).transport(lake).build();
    private final CheckpointStore store = CheckpointStore.inMemory();

    @BeforeEach
    void create_events() {
        createEvents("timestamptz");
    }

    @AfterEach
    void close() {
        client.close();
        db.close();
    }

    @Test
    void delivers_a_row_that_was_written_early_when_it_is_committed_late() throws SQLException {
        try (Connection late = begin()) {
            late.createStatement().execute("INSERT INTO events VALUES (1, now())");
            db.run("INSERT INTO events VALUES (2, clock_timestamp())");
            waitForHorizon();
            TableReport before = sync(EVENTS);
            assertThat(before.heldBack()).isEqualTo(1);
            late.commit();
        }
        sync(EVENTS);
        assertThat(lake.values("id")).containsExactly("1", "2");
    }

    @Test
    void waits_for_a_transaction_that_has_written_nothing_yet() throws SQLException {
        try (Connection idle = begin()) {
            idle.createStatement().execute("SELECT now()");
            db.run("INSERT INTO events VALUES (2, clock_timestamp())");
            waitForHorizon();
            sync(EVENTS);
            idle.createStatement().execute("INSERT INTO events VALUES (1, now())");
            idle.commit();
        }
        sync(EVENTS);
        assertThat(lake.values("id")).containsExactly("1", "2");
    }

    @Test
    void delivers_older_rows_when_a_transaction_is_open() throws SQLException {
        db.run("INSERT INTO events VALUES (1, now() - interval '1 minute')");
        try (Connection open = begin()) {
            open.createStatement().execute("INSERT INTO events VALUES (2, now())");
            assertThat(sync(EVENTS).rows()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamptz(0)", "timestamp(0)", "timestamptz(3)", "timestamp(1)", "date"})
    void loses_no_row_when_the_column_is_coarse(String type) throws SQLException {
        createEvents(type);
        db.run("SET TIME ZONE 'UTC'", "INSERT INTO events VALUES (1, now() - interval '2 days')");
        try (Connection late = begin()) {
            late.createStatement().execute("SET LOCAL TIME ZONE 'UTC'");
            late.createStatement().execute("INSERT INTO events VALUES (2, now())");
            db.run("SET TIME ZONE 'UTC'; INSERT INTO events VALUES (3, now())");
            waitForHorizon();
            sync(EVENTS);
            late.commit();
        }
        int heldBack = sync(EVENTS).heldBack();
        assertThat(lake.values("id")).startsWith("1").doesNotHaveDuplicates();
        // Whatever has not been read yet lies above the cursor: it is held back, and not behind.
        assertThat(lake.rows().size() + heldBack).isEqualTo(3);
    }

    @Test
    void holds_todays_rows_back_when_the_column_is_a_date() {
        createEvents("date");
        db.run("SET TIME ZONE 'UTC'; INSERT INTO events VALUES (1, current_date - 1), (2, current_date)");
        TableReport report = sync(EVENTS);
        assertThat(lake.values("id")).containsExactly("1");
        assertThat(report.heldBack()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Asia/Kolkata", "America/Los_Angeles", "UTC"})
    void reads_naive_times_in_the_zone_of_the_plan(String zone) {
        createEvents("timestamp");
        db.run("SET TIME ZONE '" + zone + "'; INSERT INTO events VALUES (1, now() - interval '1 second'), (2, now() +"
                + " interval '20 seconds')");
        TableReport report = sync(EVENTS.watermarkZone(ZoneId.of(zone)));
        assertThat(lake.values("id")).containsExactly("1");
        assertThat(report.heldBack()).isEqualTo(1);
    }

    @Test
    void counts_rows_of_the_future_apart_from_those_that_are_only_young() throws SQLException {
        try (Connection open = begin()) {
            open.createStatement().execute("SELECT now()");
            db.run("INSERT INTO events VALUES (1, now() - interval '1 hour'), (2, now() + interval '1 hour'),"
                    + " (3, 'infinity'), (4, now())");
            TableReport report = sync(EVENTS);
            assertThat(lake.values("id")).containsExactly("1", "2", "3");
            assertThat(report.heldBack()).isEqualTo(1);
            assertThat(report.inFuture()).isEqualTo(2);
        }
    }

    @Test
    void refuses_to_guess_when_the_user_cannot_see_other_transactions() {
        DataSource blind = blindUser();
        TableReport report =
                extractor(blind, EVENTS).build().syncOnce().tables().get(0);
        assertThat(report.error())
                .hasMessageContaining("GRANT pg_read_all_stats")
                .hasMessageContaining("horizon lag");
        assertThat(lake.rows()).isEmpty();
    }

    @Test
    void stays_behind_by_the_lag_when_the_user_cannot_see_other_transactions() {
        DataSource blind = blindUser();
        db.run("INSERT INTO events VALUES (1, now() - interval '20 seconds'), (2, now() - interval '5 seconds')");
        TableReport report = extractor(blind, EVENTS)
                .horizonLag(Duration.ofSeconds(10))
                .build()
                .syncOnce()
                .tables()
                .get(0);
        assertThat(report.error()).isNull();
        assertThat(lake.values("id")).containsExactly("1");
        assertThat(report.heldBack()).isEqualTo(1);
    }

    @Test
    void sees_other_transactions_when_the_user_may_read_all_statistics() throws SQLException {
        DataSource seeing = blindUser();
        db.run("GRANT pg_read_all_stats TO " + BLIND);
        try (Connection late = begin()) {
            late.createStatement().execute("INSERT INTO events VALUES (1, now())");
            db.run("INSERT INTO events VALUES (2, clock_timestamp())");
            waitForHorizon();
            assertThat(extractor(seeing, EVENTS).build().syncOnce().rows()).isZero();
        } finally {
            db.run("REVOKE pg_read_all_stats FROM " + BLIND);
        }
    }

    @Test
    void refuses_to_guess_when_a_session_does_not_report_its_transactions() throws SQLException {
        try (Connection silent = db.dataSource().getConnection()) {
            silent.createStatement().execute("SET track_activities = off");
            silent.setAutoCommit(false);
            silent.createStatement().execute("INSERT INTO events VALUES (1, now())");
            assertThat(sync(EVENTS).error()).hasMessageContaining("track_activities");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamp", "date"})
    void refuses_to_guess_the_zone_when_the_servers_is_not_utc(String type) {
        createEvents(type);
        db.run(
                "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET TimeZone = ''Asia/Tokyo'''; END $$");
        assertThat(sync(EVENTS).error()).hasMessageContaining("set watermarkZone");
        assertThat(sync(EVENTS.watermarkZone(ZoneId.of("Asia/Tokyo"))).error()).isNull();
    }

    @Test
    void refuses_the_checkpoint_when_the_databases_clock_was_set_back() {
        sync(EVENTS);
        Checkpoint now = store.list().get(0);
        Cursor place = new Cursor("2025-01-01 00:00:00+00", List.of("1"));
        PendingRange range = new PendingRange(Phase.FIRST, null, place, null, 1, "b", 1, "2025-01-01T00:00:00Z");
        Checkpoint future = now.sending(range).passed(Instant.parse("2999-01-01T00:00:00Z"));
        Saves.locked(store, future);
        assertThat(sync(EVENTS).error()).hasMessageContaining("lies in the future of the database");
        assertThat(store.list()).containsExactly(future);
    }

    @Test
    void ignores_transactions_of_other_databases() throws SQLException {
        db.run("INSERT INTO events VALUES (1, now())");
        try (TestDatabase other = new TestDatabase();
                Connection open = other.dataSource().getConnection()) {
            open.setAutoCommit(false);
            open.createStatement().execute("SELECT now()");
            waitForHorizon();
            assertThat(sync(EVENTS).rows()).isEqualTo(1);
        }
    }

    private static final String BLIND = "blind";

    private DataSource blindUser() {
        db.run(
                "DO $$ BEGIN CREATE ROLE " + BLIND + " LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                "GRANT SELECT ON events TO " + BLIND);
        return db.dataSource(BLIND);
    }

    private void createEvents(String type) {
        db.run(
                "DROP TABLE IF EXISTS events",
                "CREATE TABLE events (id int PRIMARY KEY, updated_at " + type + " NOT NULL)");
    }

    private Connection begin() throws SQLException {
        Connection connection = db.dataSource().getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    /** Until everything that is committed now lies below the horizon, if nothing else is open. */
    private void waitForHorizon() {
        db.one("SELECT pg_sleep(0.15)");
    }

    private TableReport sync(TablePlan plan) {
        TableReport report =
                extractor(db.dataSource(), plan).build().syncOnce().tables().get(0);
        return report;
    }

    private JdbcExtractor.Builder extractor(DataSource database, TablePlan plan) {
        return JdbcExtractor.builder(database, client)
                .readAhead(false)
                .checkpoints(store)
                .table(plan);
    }
}
