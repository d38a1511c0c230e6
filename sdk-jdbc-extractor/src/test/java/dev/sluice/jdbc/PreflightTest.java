package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.StreamClient;
import dev.sluice.Timing;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.Fingerprint;
import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.dialect.Finding.Severity;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.source.Transactions;
import dev.sluice.jdbc.testing.Database;
import dev.sluice.jdbc.testing.Postgres;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found before a sync; a test for each code carries its name. */
final class PreflightTest {
    private static final TablePlan EVENTS =
            TablePlan.of("events", "bronze.events").watermark("updated_at").key("id");
    private static final Duration LONG = Duration.ofMinutes(5);

    @TempDir
    Path folder;

    private final Database db = Postgres.shared().newDatabase();
    private CheckpointStore store = CheckpointStore.inMemory();
    private DataSource source = db.dataSource();
    private Optional<Duration> lag = Optional.empty();

    @BeforeEach
    void create_events() {
        createEvents("id int PRIMARY KEY", "updated_at timestamptz NOT NULL DEFAULT now()");
    }

    @AfterEach
    void close() {
        db.close();
    }

    @Test
    void finds_nothing_when_all_is_well() {
        db.run("INSERT INTO events SELECT n, now() - interval '1 minute' FROM generate_series(1, 10) AS n");
        assertThat(check(EVENTS)).isEmpty();
    }

    @Test
    void has_a_test_for_each_code() {
        List<String> tests = Arrays.stream(getClass().getDeclaredMethods())
                .map(Method::getName)
                .toList();
        for (FindingCode code : FindingCode.values()) {
            String begin = "finds_" + code.name().toLowerCase(Locale.ROOT) + "_when_";
            assertThat(tests).anyMatch(name -> name.startsWith(begin));
        }
    }

    @Test
    void finds_cannot_connect_when_nobody_listens() {
        source = SingleConnection.source(() -> DriverManager.getConnection("jdbc:postgresql://127.0.0.1:1/none"));
        assertThat(check(EVENTS))
                .singleElement()
                .hasToString("ERROR CANNOT_CONNECT events: connecting to the database failed: Connection to 127.0.0.1:1"
                        + " refused. Check that the hostname and port are correct and that the postmaster is accepting"
                        + " TCP/IP connections. (SQLSTATE 08001): see that the database is running, lets this machine in"
                        + " and knows the user");
    }

    @Test
    void finds_table_missing_when_there_is_none() {
        TablePlan plan =
                TablePlan.of("gone", "bronze.gone").watermark("updated_at").key("id");
        assertThat(only(plan, "TABLE_MISSING", Severity.ERROR).sentence())
                .startsWith("there is no table or view gone in the database");
    }

    @ParameterizedTest
    @ValueSource(strings = {"watermark", "key", "soft-delete", "excluded"})
    void finds_column_missing_when_the_plan_names_one_that_is_not_there(String role) {
        TablePlan plan = switch (role) {
            case "watermark" -> EVENTS.watermark("gone");
            case "key" -> EVENTS.key("id", "gone");
            case "soft-delete" -> EVENTS.cdc(true).softDelete("gone");
            default -> EVENTS.exclude("gone");
        };
        assertThat(only(plan, "COLUMN_MISSING", Severity.ERROR).sentence())
                .startsWith("public.events has no column gone to be its " + role)
                .endsWith("its columns are: id, updated_at");
    }

    @Test
    void finds_plan_refused_when_rows_would_be_sent_without_a_column() {
        assertThat(only(EVENTS.exclude("id", "updated_at"), "PLAN_REFUSED", Severity.ERROR)
                        .sentence())
                .contains("would be sent without any column");
    }

    @Test
    void finds_no_privilege_when_the_user_may_not_select() {
        source = db.dataSource(db.newUser());
        db.run("GRANT pg_read_all_stats TO "
                + db.one("SELECT max(usename) FROM pg_user WHERE usename LIKE '" + db.name() + "%'"));
        assertThat(only(EVENTS, "NO_PRIVILEGE", Severity.ERROR).sentence())
                .contains("permission denied for table events");
    }

    @Test
    void finds_no_privilege_when_a_column_that_is_sent_may_not_be_read() {
        db.run("ALTER TABLE events ADD secret text");
        source = db.dataSource(db.newUser("SELECT (id, updated_at) ON events"));
        lag = Optional.of(Duration.ofMinutes(1));
        assertThat(codes(EVENTS.exclude("secret"))).containsExactly("TRANSACTIONS_HIDDEN");
        assertThat(codes(EVENTS.include("id"))).containsExactly("TRANSACTIONS_HIDDEN");
        assertThat(codes(EVENTS)).containsExactly("NO_PRIVILEGE", "TRANSACTIONS_HIDDEN");
    }

    @Test
    void finds_unordered_key_when_the_key_is_a_point() {
        db.run("DROP TABLE events", "CREATE TABLE events (id point NOT NULL, updated_at timestamptz NOT NULL)");
        assertThat(check(EVENTS))
                .filteredOn(found -> found.code().equals("UNORDERED_KEY"))
                .singleElement()
                .satisfies(found -> assertThat(found.severity()).isEqualTo(Severity.ERROR))
                .satisfies(found -> assertThat(found.sentence())
                        .isEqualTo("rows cannot be put in an order by id, whose type is point"));
    }

    @Test
    void finds_no_watermark_index_when_none_begins_with_it() {
        db.run(
                "DROP INDEX events_updated_at_id_idx",
                "CREATE INDEX ON events (id, updated_at)",
                "CREATE INDEX ON events (updated_at) WHERE id > 0",
                "CREATE INDEX ON events USING brin (updated_at)",
                "CREATE INDEX ON events ((updated_at AT TIME ZONE 'UTC'))");
        Finding found = only(EVENTS, "NO_WATERMARK_INDEX", Severity.WARNING);
        db.run(found.remedy());
        assertThat(check(EVENTS)).isEmpty();
    }

    @Test
    void finds_key_not_unique_when_nothing_makes_it_so() {
        createEvents("id int NOT NULL", "updated_at timestamptz NOT NULL DEFAULT now()");
        db.run("CREATE UNIQUE INDEX ON events (id) WHERE id > 0", "CREATE UNIQUE INDEX ON events (id, updated_at)");
        Finding found = only(EVENTS, "KEY_NOT_UNIQUE", Severity.WARNING);
        assertThat(check(EVENTS.key("id", "updated_at"))).isEmpty();
        db.run(found.remedy().replaceFirst(", or.*", ""));
        assertThat(check(EVENTS)).isEmpty();
    }

    @Test
    void finds_nothing_when_a_unique_index_only_includes_other_columns() {
        createEvents("id int NOT NULL", "updated_at timestamptz NOT NULL DEFAULT now()");
        db.run("CREATE UNIQUE INDEX ON events (id) INCLUDE (updated_at)");
        assertThat(check(EVENTS)).isEmpty();
    }

    @Test
    void finds_no_stamp_trigger_when_only_writers_set_the_watermark() {
        db.run("ALTER TABLE events ALTER updated_at DROP DEFAULT");
        only(EVENTS, "NO_STAMP_TRIGGER", Severity.INFO);
        db.run(
                "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS"
                        + " 'BEGIN NEW.updated_at = now(); RETURN NEW; END'",
                "CREATE TRIGGER stamp BEFORE INSERT OR UPDATE ON events FOR EACH ROW EXECUTE FUNCTION stamp()");
        assertThat(check(EVENTS)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "version bigint NOT NULL GENERATED ALWAYS AS IDENTITY (CACHE 20)",
                "version bigint NOT NULL DEFAULT nextval('versions')"
            })
    void finds_sequence_cache_when_sessions_take_numbers_in_advance(String version) {
        db.run("CREATE SEQUENCE versions CACHE 20", "ALTER TABLE events ADD " + version);
        assertThat(check(EVENTS.watermark("version")))
                .filteredOn(finding -> finding.code().equals("SEQUENCE_CACHE"))
                .singleElement()
                .satisfies(
                        found -> assertThat(found.sentence()).startsWith("each session takes 20 values for version"));
    }

    @Test
    void finds_nullable_watermark_when_the_column_lets_it() {
        db.run("ALTER TABLE events ALTER updated_at DROP NOT NULL", "INSERT INTO events VALUES (1, '2025-01-01')");
        only(EVENTS, "NULLABLE_WATERMARK", Severity.INFO);
    }

    @Test
    void finds_null_watermarks_when_there_are_some() {
        db.run(
                "ALTER TABLE events ALTER updated_at DROP NOT NULL",
                "INSERT INTO events SELECT n, NULL FROM generate_series(1, 10005) AS n");
        assertThat(only(EVENTS, "NULL_WATERMARKS", Severity.ERROR).sentence())
                .isEqualTo("at least 10000 rows have no updated_at and can never be read");
    }

    @Test
    void finds_null_keys_when_there_are_some() {
        createEvents("id int UNIQUE", "updated_at timestamptz NOT NULL DEFAULT now()");
        db.run("INSERT INTO events VALUES (NULL, '2025-01-01'), (1, '2025-01-01')");
        assertThat(only(EVENTS, "NULL_KEYS", Severity.ERROR).sentence())
                .isEqualTo("1 row has no id and can never be read");
    }

    @ParameterizedTest
    @CsvSource({"timestamptz(0), second", "timestamp(0), second", "date, day"})
    void finds_coarse_watermark_when_its_times_are_whole_units(String type, String unit) {
        createEvents("id int PRIMARY KEY", "updated_at " + type + " NOT NULL DEFAULT now()");
        Finding found = only(EVENTS.watermarkZone(ZoneId.of("UTC")), "COARSE_WATERMARK", Severity.INFO);
        assertThat(found.sentence()).contains("whole " + unit + "s");
    }

    @Test
    void finds_future_watermarks_when_rows_are_ahead_of_the_clock() {
        db.run("INSERT INTO events VALUES (1, 'infinity'), (2, now() + interval '3 days'), (3, '2025-01-01')");
        assertThat(only(EVENTS, "FUTURE_WATERMARKS", Severity.WARNING).sentence())
                .startsWith("2 rows have a watermark in the future");
    }

    @Test
    void finds_zone_unknown_when_times_have_none_and_the_server_is_elsewhere() {
        createEvents("id int PRIMARY KEY", "updated_at timestamp NOT NULL DEFAULT now()");
        db.run("ALTER DATABASE " + db.name() + " SET TimeZone = 'Asia/Tokyo'");
        assertThat(only(EVENTS, "ZONE_UNKNOWN", Severity.ERROR).remedy()).startsWith("set watermarkZone");
        assertThat(check(EVENTS.watermarkZone(ZoneId.of("Asia/Tokyo")))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "timestamp, 5 hours 30 minutes, UTC+05:30",
        "timestamptz, 9 hours, UTC+09:00",
        "timestamp, -8 hours, UTC-08:00"
    })
    void finds_zone_doubtful_when_the_newest_row_is_zones_away(String type, String shift, String zone) {
        createEvents("id int PRIMARY KEY", "updated_at " + type + " NOT NULL DEFAULT now()");
        db.run("SET TIME ZONE 'UTC'; INSERT INTO events VALUES (1, now() + interval '" + shift + "'), (2, 'infinity')");
        assertThat(check(EVENTS.watermarkZone(ZoneId.of("UTC"))))
                .filteredOn(finding -> finding.code().equals("ZONE_DOUBTFUL"))
                .singleElement()
                .satisfies(found -> assertThat(found.sentence()).endsWith("looks like one of " + zone));
    }

    @ParameterizedTest
    @CsvSource({"timestamptz, -8 hours", "timestamp, -8 hours -1 minute", "timestamp, -20 hours", "timestamp, -1 minute"
    })
    void doubts_no_zone_when_rows_may_well_be_that_old(String type, String shift) {
        createEvents("id int PRIMARY KEY", "updated_at " + type + " NOT NULL DEFAULT now()");
        db.run("SET TIME ZONE 'UTC'; INSERT INTO events VALUES (1, now() + interval '" + shift + "')");
        assertThat(check(EVENTS.watermarkZone(ZoneId.of("UTC")))).isEmpty();
    }

    @Test
    void finds_transactions_hidden_when_the_user_may_not_see_them() {
        source = db.dataSource(db.newUser("SELECT ON events"));
        assertThat(only(EVENTS, "TRANSACTIONS_HIDDEN", Severity.ERROR).remedy()).startsWith("GRANT pg_read_all_stats");
        lag = Optional.of(Duration.ofMinutes(10));
        assertThat(only(EVENTS, "TRANSACTIONS_HIDDEN", Severity.INFO).sentence())
                .endsWith("a sync stays 10 min behind the clock instead");
    }

    @Test
    void finds_replica_when_the_server_is_in_recovery() {
        db.run(
                "CREATE SCHEMA standby",
                "CREATE FUNCTION standby.pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS 'SELECT true'",
                "ALTER DATABASE " + db.name() + " SET search_path = standby, pg_catalog, public");
        only(EVENTS, "REPLICA", Severity.ERROR);
        lag = Optional.of(Duration.ofHours(3));
        assertThat(only(EVENTS, "REPLICA", Severity.WARNING).sentence())
                .endsWith("a sync stays 3 h behind the clock instead");
    }

    @Test
    void finds_prepared_transactions_when_one_is_open() throws SQLException {
        try (Connection connection = begin()) {
            connection.createStatement().execute("INSERT INTO events VALUES (1, now())");
            connection.createStatement().execute("PREPARE TRANSACTION '" + db.name() + "'");
        }
        List<Finding> found = check(EVENTS);
        db.run("ROLLBACK PREPARED '" + db.name() + "'");
        assertThat(found).extracting(Finding::code).containsExactly("PREPARED_TRANSACTIONS");
        assertThat(found).extracting(Finding::severity).containsExactly(Severity.WARNING);
        assertThat(check(EVENTS)).isEmpty();
    }

    @Test
    void finds_long_transaction_when_it_is_older_than_the_limit() throws SQLException {
        try (Connection open = begin()) {
            open.createStatement().execute("SELECT pg_sleep(0.6)");
            assertThat(check(EVENTS, Duration.ofMillis(500)))
                    .singleElement()
                    .satisfies(found -> assertThat(found.code()).isEqualTo("LONG_TRANSACTION"));
            assertThat(check(EVENTS)).isEmpty();
        }
    }

    @Test
    void finds_checkpoint_mismatch_when_it_is_of_another_key() {
        save(checkpoint()
                .identified(new Fingerprint("elsewhere", "updated_at timestamptz", List.of("id int4"), "append")));
        Finding found = only(EVENTS, "CHECKPOINT_MISMATCH", Severity.ERROR);
        assertThat(found.sentence()).contains("the checkpoint of public.events -> bronze.events", "elsewhere");
        assertThat(found.remedy()).contains("state reset");
    }

    @Test
    void finds_checkpoint_ahead_when_the_clock_was_set_back() {
        save(checkpoint().passed(Instant.parse("2999-01-01T00:00:00Z")));
        assertThat(only(EVENTS, "CHECKPOINT_AHEAD", Severity.ERROR).sentence())
                .contains("in the future of the database");
    }

    @Test
    void finds_checkpoint_ahead_when_the_cursor_is() {
        Cursor cursor = new Cursor("2999-01-01 00:00:00+00", List.of("1"));
        save(checkpoint().change().cursor(cursor).build());
        only(EVENTS, "CHECKPOINT_AHEAD", Severity.ERROR);
    }

    @Test
    void finds_check_failed_when_a_checkpoint_is_damaged_and_goes_on() throws IOException {
        Files.writeString(folder.resolve("public.events+to+bronze.events.json"), "{");
        store = CheckpointStore.file(folder);
        db.run("DROP INDEX events_updated_at_id_idx", "ALTER TABLE events ALTER updated_at DROP NOT NULL");
        List<Finding> found = check(EVENTS);
        assertThat(found)
                .extracting(Finding::code)
                .containsExactly("NO_WATERMARK_INDEX", "CHECK_FAILED", "NULLABLE_WATERMARK");
        assertThat(found.get(1).sentence()).contains("the check of the plan", "cannot read the checkpoint");
    }

    @Test
    void judges_no_index_when_it_is_a_view() {
        db.run("CREATE VIEW shown AS SELECT * FROM events");
        TablePlan plan =
                TablePlan.of("shown", "bronze.shown").watermark("updated_at").key("id");
        assertThat(codes(plan)).containsExactly("NULLABLE_WATERMARK");
    }

    @Test
    void names_tables_in_the_order_of_the_plans_and_the_worst_first() {
        db.run("CREATE TABLE odd (id int, updated_at timestamptz)", "INSERT INTO odd VALUES (NULL, NULL)");
        TablePlan odd =
                TablePlan.of("odd", "bronze.odd").watermark("updated_at").key("id");
        db.run("ALTER TABLE events ALTER updated_at DROP DEFAULT");
        try (StreamClient client =
                StreamClient.builder().transport(new RecordingLake()).build()) {
            JdbcExtractor extractor = JdbcExtractor.builder(source, client)
                    .table(EVENTS)
                    .table(odd)
                    .checkpoints(store)
                    .build();
            CheckpointStore.Lock sync = store.lock(Duration.ZERO);
            assertThat(extractor.check())
                    .extracting(finding -> finding.table() + " " + finding.code())
                    .containsExactly(
                            "events NO_STAMP_TRIGGER",
                            "odd NULL_WATERMARKS",
                            "odd NULL_KEYS",
                            "odd KEY_NOT_UNIQUE",
                            "odd NO_WATERMARK_INDEX",
                            "odd NO_STAMP_TRIGGER");
            sync.close();
        }
    }

    private Finding only(TablePlan plan, String code, Severity severity) {
        List<Finding> found = check(plan);
        assertThat(found).as("findings").hasSize(1);
        assertThat(found.get(0).code()).isEqualTo(code);
        assertThat(found.get(0).severity()).isEqualTo(severity);
        assertThat(found.get(0).table()).isEqualTo(plan.source());
        return found.get(0);
    }

    private List<String> codes(TablePlan plan) {
        return check(plan).stream().map(Finding::code).toList();
    }

    private List<Finding> check(TablePlan plan) {
        return check(plan, LONG);
    }

    private List<Finding> check(TablePlan plan, Duration longest) {
        Transactions transactions =
                new Transactions(source, null, Duration.ofMinutes(1), Transactions.RETRIES, new Waits(Timing.system()));
        return new Preflight(transactions, store, lag, longest).check(List.of(plan));
    }

    private void createEvents(String id, String watermark) {
        db.run(
                "DROP TABLE IF EXISTS events",
                "CREATE TABLE events (" + id + ", " + watermark + ")",
                "CREATE INDEX ON events (updated_at, id)");
    }

    private static Checkpoint checkpoint() {
        return Checkpoint.start("public.events", "bronze.events", null);
    }

    private void save(Checkpoint checkpoint) {
        Saves.locked(store, checkpoint);
    }

    private Connection begin() throws SQLException {
        Connection connection = source.getConnection();
        connection.setAutoCommit(false);
        return connection;
    }
}
