package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.StreamClient;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.testing.Database;
import dev.sluice.jdbc.testing.MySqlServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.CompletableFuture;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that are committed later than others with a younger time must not be missed. */
abstract class MySqlHorizonContract {
    private static final TablePlan EVENTS =
            TablePlan.of("events", "bronze.events").watermark("updated_at").key("id");

    private final RecordingLake lake = new RecordingLake();
    private final StreamClient client =
            StreamClient.builder().maxInFlight(1).transport(lake).build();
    private final CheckpointStore store = CheckpointStore.inMemory();
    private Database db;

    abstract MySqlServer server();

    @BeforeEach
    void create_events() {
        db = server().newDatabase();
        db.run("CREATE TABLE events (id int PRIMARY KEY, updated_at timestamp(6) NOT NULL)");
    }

    @AfterEach
    void close() {
        client.close();
        if (db != null) {
            db.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamp(6)", "timestamp", "datetime"})
    void delivers_a_row_that_was_written_early_when_it_is_committed_late(String type) throws SQLException {
        db.run("ALTER TABLE events MODIFY updated_at " + type + " NOT NULL");
        TablePlan events = EVENTS.watermarkZone(ZoneId.of("+05:30"));
        try (Connection late = begin()) {
            late.createStatement().execute("INSERT INTO events VALUES (1, now(6))");
            db.run("INSERT INTO events VALUES (2, now(6) + interval 10 microsecond)");
            waitForHorizon();
            // Half a second by which it was rounded up, and one by which the horizon is rounded down.
            db.one("SELECT SLEEP(" + (type.endsWith("(6)") ? 0 : 1.5) + ")");
            assertThat(sync(events).heldBack()).isEqualTo(1);
            late.commit();
        }
        sync(events);
        assertThat(lake.values("id")).containsExactly("1", "2");
    }

    @Test
    void delivers_what_an_idle_transaction_writes_in_the_end() throws SQLException {
        try (Connection idle = begin()) {
            idle.createStatement().execute("START TRANSACTION");
            db.run("INSERT INTO events VALUES (2, now(6))");
            waitForHorizon();
            assertThat(sync(EVENTS).rows()).isEqualTo(1);
            idle.createStatement().execute("INSERT INTO events VALUES (1, now(6))");
            waitForHorizon();
            assertThat(sync(EVENTS).rows()).isZero();
            idle.commit();
        }
        sync(EVENTS);
        assertThat(lake.values("id")).containsExactly("2", "1");
    }

    /** InnoDB does not know of a transaction while its first statement waits for a lock of the server's. */
    @Test
    void waits_for_a_statement_that_has_come_to_no_table_yet() throws Exception {
        db.run("CREATE TABLE gate (n int)", "INSERT INTO gate VALUES (1)");
        try (Connection late = db.dataSource().getConnection();
                Connection gate = begin()) {
            gate.createStatement().execute("LOCK TABLES gate WRITE");
            CompletableFuture<Void> waiting =
                    CompletableFuture.runAsync(() -> run(late, "INSERT INTO events SELECT 1, now(6) FROM gate"));
            String state = "SELECT count(*) FROM information_schema.processlist WHERE state LIKE 'Waiting for table%'"
                    + " AND db = '" + db.name() + "'";
            while (db.one(state).equals("0")) {
                db.one("SELECT SLEEP(0.02)");
            }
            db.run("INSERT INTO events VALUES (2, now(6))");
            waitForHorizon();
            assertThat(sync(EVENTS).heldBack()).isEqualTo(1);
            gate.createStatement().execute("UNLOCK TABLES");
            waiting.get();
        }
        sync(EVENTS);
        assertThat(lake.values("id")).containsExactly("1", "2");
    }

    @Test
    void delivers_older_rows_when_a_transaction_is_open() throws SQLException {
        db.run("INSERT INTO events VALUES (1, now(6) - interval 1 minute)");
        try (Connection open = begin()) {
            open.createStatement().execute("INSERT INTO events VALUES (2, now(6))");
            assertThat(sync(EVENTS).rows()).isEqualTo(1);
        }
    }

    @Test
    void holds_todays_rows_back_when_the_column_is_a_date() {
        db.run(
                "ALTER TABLE events MODIFY updated_at date NOT NULL",
                "INSERT INTO events VALUES (1, current_date - interval 1 day), (2, current_date)");
        assertThat(sync(EVENTS.watermarkZone(ZoneId.of("+05:30"))).heldBack()).isEqualTo(1);
        assertThat(lake.values("id")).containsExactly("1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"+05:30", "-08:00", "+00:00"})
    void reads_naive_times_in_the_zone_of_the_plan(String zone) throws SQLException {
        db.run("ALTER TABLE events MODIFY updated_at datetime NOT NULL");
        try (Connection connection = db.dataSource().getConnection()) {
            run(connection, "SET time_zone = '" + zone + "'");
            run(
                    connection,
                    "INSERT INTO events VALUES (1, now() - interval 5 second), (2, now() + interval 30 second)");
        }
        TableReport report = sync(EVENTS.watermarkZone(ZoneId.of(zone)));
        assertThat(lake.values("id")).containsExactly("1");
        assertThat(report.heldBack()).isEqualTo(1);
        assertThat(report.inFuture()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"datetime(6)", "date"})
    void refuses_to_guess_the_zone_when_the_servers_is_not_utc(String type) {
        db.run("ALTER TABLE events MODIFY updated_at " + type + " NOT NULL");
        assertThat(sync(EVENTS).error()).hasMessageContaining("set watermarkZone");
    }

    @Test
    void refuses_to_guess_when_the_user_cannot_see_other_transactions() {
        TableReport report = sync(blindUser(), EVENTS);
        assertThat(report.error()).hasMessageContaining("GRANT PROCESS ON *.*").hasMessageContaining("horizon lag");
        assertThat(lake.rows()).isEmpty();
    }

    @Test
    void stays_behind_by_the_lag_when_the_user_cannot_see_other_transactions() {
        db.run("INSERT INTO events VALUES (1, now(6) - interval 20 second), (2, now(6) - interval 5 second)");
        TableReport report = extractor(blindUser(), EVENTS)
                .horizonLag(Duration.ofSeconds(10))
                .build()
                .syncOnce()
                .tables()
                .get(0);
        assertThat(report.error()).isNull();
        assertThat(lake.values("id")).containsExactly("1");
    }

    @Test
    void needs_no_more_than_to_read_and_to_see_processes() {
        db.run("INSERT INTO events VALUES (1, now(6) - interval 20 second)");
        String user = db.newUser("SELECT ON events", "PROCESS ON *.*");
        assertThat(sync(db.dataSource(user), EVENTS).rows()).isEqualTo(1);
    }

    @Test
    void refuses_to_guess_when_the_server_is_read_only() {
        db.run("SET GLOBAL read_only = 1");
        try {
            assertThat(sync(EVENTS).error()).hasMessageContaining("read-only").hasMessageContaining("the primary");
        } finally {
            db.run("SET GLOBAL read_only = 0");
        }
    }

    @Test
    void refuses_to_sync_when_a_prepared_transaction_has_no_session() throws SQLException {
        Connection connection = db.dataSource().getConnection();
        run(connection, "XA START 'p1'");
        run(connection, "INSERT INTO events VALUES (1, now(6))");
        run(connection, "XA END 'p1'");
        run(connection, "XA PREPARE 'p1'");
        connection.close();
        try {
            while (!db.one("SELECT count(*) FROM information_schema.processlist WHERE db = '" + db.name() + "'")
                    .equals("1")) {
                db.one("SELECT SLEEP(0.02)");
            }
            assertThat(sync(EVENTS).error()).hasMessageContaining("1 prepared transactions are open");
        } finally {
            db.run("XA COMMIT 'p1'");
        }
        waitForHorizon();
        assertThat(sync(EVENTS).rows()).isEqualTo(1);
    }

    private DataSource blindUser() {
        return db.dataSource(db.newUser("SELECT ON events"));
    }

    private Connection begin() throws SQLException {
        Connection connection = db.dataSource().getConnection();
        connection.setAutoCommit(false);
        return connection;
    }

    /** Until everything that is committed now lies below the horizon, if nothing else is open. */
    private void waitForHorizon() {
        db.one("SELECT SLEEP(2.2)");
    }

    private static void run(Connection connection, String sql) {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private TableReport sync(TablePlan plan) {
        return sync(db.dataSource(), plan);
    }

    private TableReport sync(DataSource database, TablePlan plan) {
        return extractor(database, plan).build().syncOnce().tables().get(0);
    }

    private JdbcExtractor.Builder extractor(DataSource database, TablePlan plan) {
        return JdbcExtractor.builder(database, client)
                .readAhead(false)
                .checkpoints(store)
                .table(plan);
    }
}
