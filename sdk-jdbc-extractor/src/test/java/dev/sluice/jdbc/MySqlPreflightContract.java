package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Timing;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.dialect.Finding.Severity;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.source.Transactions;
import dev.sluice.jdbc.testing.Database;
import dev.sluice.jdbc.testing.MySqlServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is found before a sync from MySQL or MariaDB, under the codes that it has on PostgreSQL. */
abstract class MySqlPreflightContract {
    private static final TablePlan EVENTS =
            TablePlan.of("events", "bronze.events").watermark("updated_at").key("id");
    private static final ZoneId ZONE = ZoneId.of("+05:30");
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final String STAMPED = " NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)";

    private Database db;
    private DataSource source;
    private Optional<Duration> lag = Optional.empty();

    abstract MySqlServer server();

    @BeforeEach
    void create_events() {
        db = server().newDatabase();
        source = db.dataSource();
        createEvents("id int PRIMARY KEY", "updated_at timestamp(6)" + STAMPED);
    }

    @AfterEach
    void close() {
        if (db != null) {
            db.close();
        }
    }

    @Test
    void finds_nothing_when_all_is_well() {
        db.run("INSERT INTO events VALUES (1, now(6) - interval 1 minute), (2, '2025-01-01')");
        assertThat(check(EVENTS)).isEmpty();
    }

    @Test
    void finds_table_missing_when_there_is_none_or_none_that_the_user_may_see() {
        TablePlan plan =
                TablePlan.of("gone", "bronze.gone").watermark("updated_at").key("id");
        assertThat(only(plan, "TABLE_MISSING", Severity.ERROR).sentence())
                .startsWith("there is no table or view gone in the database");
        db.run("CREATE TABLE other (id int)");
        source = db.dataSource(db.newUser("PROCESS ON *.*", "SELECT ON other"));
        only(EVENTS, "TABLE_MISSING", Severity.ERROR);
    }

    @Test
    void finds_no_privilege_when_the_user_may_insert_but_not_select() {
        source = db.dataSource(db.newUser("PROCESS ON *.*", "INSERT ON events"));
        assertThat(only(EVENTS, "NO_PRIVILEGE", Severity.ERROR).sentence()).contains("command denied to user");
    }

    @Test
    void finds_no_watermark_index_when_none_begins_with_it() {
        db.run("DROP INDEX by_time ON events", "CREATE INDEX by_id ON events (id, updated_at)");
        Finding found = only(EVENTS, "NO_WATERMARK_INDEX", Severity.WARNING);
        db.run(found.remedy());
        assertThat(check(EVENTS)).isEmpty();
    }

    @Test
    void finds_key_not_unique_when_nothing_makes_it_so() {
        createEvents("id int NOT NULL", "updated_at timestamp(6)" + STAMPED);
        db.run("CREATE UNIQUE INDEX both_of_them ON events (id, updated_at)");
        Finding found = only(EVENTS, "KEY_NOT_UNIQUE", Severity.WARNING);
        assertThat(check(EVENTS.key("id", "updated_at"))).isEmpty();
        db.run(found.remedy().replaceFirst(", or.*", ""));
        assertThat(check(EVENTS)).isEmpty();
    }

    @Test
    void finds_unordered_key_when_the_key_is_a_float() {
        createEvents("id double PRIMARY KEY", "updated_at timestamp(6)" + STAMPED);
        only(EVENTS, "UNORDERED_KEY", Severity.ERROR);
    }

    @Test
    void finds_nullable_watermark_and_null_watermarks() {
        createEvents("id int PRIMARY KEY", "updated_at timestamp(6) NULL DEFAULT CURRENT_TIMESTAMP(6)");
        only(EVENTS, "NULLABLE_WATERMARK", Severity.INFO);
        db.run("INSERT INTO events VALUES (1, NULL), (2, NULL), (3, '2025-01-01')");
        assertThat(only(EVENTS, "NULL_WATERMARKS", Severity.ERROR).sentence())
                .isEqualTo("2 rows have no updated_at and can never be read");
    }

    @Test
    void finds_null_keys_when_there_are_some() {
        createEvents("id int UNIQUE", "updated_at timestamp(6)" + STAMPED);
        db.run("INSERT INTO events VALUES (NULL, '2025-01-01'), (1, '2025-01-01')");
        assertThat(only(EVENTS, "NULL_KEYS", Severity.ERROR).sentence())
                .isEqualTo("1 row has no id and can never be read");
    }

    @ParameterizedTest
    @CsvSource({
        "timestamp DEFAULT CURRENT_TIMESTAMP, second",
        "datetime DEFAULT CURRENT_TIMESTAMP, second",
        "date DEFAULT '2025-01-01', day"
    })
    void finds_coarse_watermark_when_its_times_are_whole_units(String type, String unit) {
        createEvents("id int PRIMARY KEY", "updated_at " + type.replace(" DEFAULT", " NOT NULL DEFAULT"));
        Finding found = only(EVENTS.watermarkZone(ZONE), "COARSE_WATERMARK", Severity.INFO);
        assertThat(found.sentence()).contains("whole " + unit + "s");
    }

    @ParameterizedTest
    @CsvSource({"timestamp(6)", "datetime(6)"})
    void finds_future_watermarks_when_rows_are_ahead_of_the_clock(String type) {
        createEvents("id int PRIMARY KEY", "updated_at " + type + STAMPED);
        db.run("INSERT INTO events VALUES (1, now(6) + interval 3 day), (2, '2037-12-31'), (3, '2025-01-01')");
        assertThat(only(EVENTS.watermarkZone(ZONE), "FUTURE_WATERMARKS", Severity.WARNING)
                        .sentence())
                .startsWith("2 rows have a watermark in the future");
    }

    @Test
    void finds_zone_unknown_when_times_have_none_and_the_server_is_elsewhere() {
        createEvents("id int PRIMARY KEY", "updated_at datetime(6)" + STAMPED);
        assertThat(only(EVENTS, "ZONE_UNKNOWN", Severity.ERROR).remedy()).startsWith("set watermarkZone");
        assertThat(check(EVENTS.watermarkZone(ZONE))).isEmpty();
    }

    @Test
    void finds_zone_doubtful_when_the_newest_row_is_zones_away() {
        createEvents("id int PRIMARY KEY", "updated_at datetime(6)" + STAMPED);
        db.run("INSERT INTO events VALUES (1, now(6))");
        assertThat(check(EVENTS.watermarkZone(ZoneId.of("UTC"))))
                .filteredOn(finding -> finding.code().equals("ZONE_DOUBTFUL"))
                .singleElement()
                .satisfies(found -> assertThat(found.sentence()).endsWith("looks like one of UTC+05:30"));
    }

    @Test
    void finds_transactions_hidden_when_the_user_may_not_see_them() {
        source = db.dataSource(db.newUser("SELECT ON events"));
        assertThat(only(EVENTS, "TRANSACTIONS_HIDDEN", Severity.ERROR).remedy()).startsWith("GRANT PROCESS");
        lag = Optional.of(Duration.ofMinutes(10));
        assertThat(only(EVENTS, "TRANSACTIONS_HIDDEN", Severity.INFO).sentence())
                .endsWith("a sync stays 10 min behind the clock instead");
    }

    @Test
    void finds_long_transaction_when_it_is_older_than_the_limit() throws SQLException {
        Duration limit = Duration.ofSeconds(4);
        assertThat(check(EVENTS, limit)).isEmpty();
        try (Connection open = source.getConnection()) {
            open.setAutoCommit(false);
            open.createStatement().execute("INSERT INTO events VALUES (1, '2025-01-01')");
            db.one("SELECT SLEEP(3.1)"); // and the margin of two
            assertThat(check(EVENTS, limit)).extracting(Finding::code).containsExactly("LONG_TRANSACTION");
            assertThat(check(EVENTS)).isEmpty();
            open.rollback();
        }
    }

    @Test
    void finds_no_stamp_trigger_when_only_writers_set_the_watermark() {
        createEvents("id int PRIMARY KEY", "updated_at timestamp(6) NULL");
        db.run("ALTER TABLE events MODIFY updated_at timestamp(6) NOT NULL");
        db.run("ALTER TABLE events ALTER updated_at DROP DEFAULT");
        only(EVENTS, "NO_STAMP_TRIGGER", Severity.INFO);
        db.run("CREATE TRIGGER stamp BEFORE UPDATE ON events FOR EACH ROW SET NEW.updated_at = now(6)");
        assertThat(check(EVENTS)).isEmpty();
        db.run("DROP TRIGGER stamp", "ALTER TABLE events MODIFY updated_at timestamp(6) NOT NULL ON UPDATE now(6)");
        assertThat(check(EVENTS)).isEmpty();
    }

    @Test
    void judges_no_index_when_it_is_a_view() {
        db.run("CREATE VIEW shown AS SELECT * FROM events");
        TablePlan plan =
                TablePlan.of("shown", "bronze.shown").watermark("updated_at").key("id");
        assertThat(check(plan)).isEmpty();
    }

    private Finding only(TablePlan plan, String code, Severity severity) {
        List<Finding> found = check(plan);
        assertThat(found).as("findings").hasSize(1);
        assertThat(found.get(0).code()).isEqualTo(code);
        assertThat(found.get(0).severity()).isEqualTo(severity);
        assertThat(found.get(0).table()).isEqualTo(plan.source());
        return found.get(0);
    }

    private List<Finding> check(TablePlan plan) {
        return check(plan, LONG);
    }

    private List<Finding> check(TablePlan plan, Duration longest) {
        Transactions transactions =
                new Transactions(source, null, Duration.ofMinutes(1), Transactions.RETRIES, new Waits(Timing.system()));
        return new Preflight(transactions, CheckpointStore.inMemory(), lag, longest).check(List.of(plan));
    }

    private void createEvents(String id, String watermark) {
        db.run(
                "DROP TABLE IF EXISTS events",
                "CREATE TABLE events (" + id + ", " + watermark + ")",
                "CREATE INDEX by_time ON events (updated_at, id)");
    }
}
