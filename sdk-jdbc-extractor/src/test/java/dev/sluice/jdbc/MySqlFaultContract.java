package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RetryPolicy;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.testing.MySqlServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What MySQL or MariaDB may do to those who read it, and whoever alters their tables. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class MySqlFaultContract {
    private static final TablePlan PEOPLE =
            TablePlan.of("people", "bronze.people").watermark("updated_at").key("id");
    private static final List<String> ALL =
            IntStream.rangeClosed(1, 30).mapToObj(Integer::toString).toList();

    private final SteppedTiming timing = new SteppedTiming();
    private SyncFixture fixture;

    abstract MySqlServer server();

    /** A server for one test alone. */
    abstract MySqlServer open();

    @BeforeEach
    void create_people() {
        fixture = SyncFixture.of(server());
        create(fixture);
    }

    @AfterEach
    void close() {
        if (fixture != null) {
            fixture.close();
        }
    }

    @Test
    void sends_a_new_column_and_says_so_once() {
        fixture.sync(PEOPLE);
        fixture.db.run("ALTER TABLE people ADD born date DEFAULT '2000-01-01'", "ALTER TABLE people MODIFY n bigint");
        assertThat(fixture.sync(PEOPLE).findings())
                .extracting(Finding::sentence)
                .singleElement()
                .asString()
                .contains("2 columns are new (n bigint", "born date", "1 column is gone (n int");
        assertThat(fixture.sync(PEOPLE).findings()).isEmpty();
    }

    /** The reading transaction has ended, or the statement would wait for it in vain. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "DROP n",
                "CHANGE n m int",
                "MODIFY n varchar(20)",
                "MODIFY n bigint",
                "DROP n, ADD n json, ALGORITHM=COPY"
            })
    void goes_on_with_the_columns_of_now_when_they_change_while_a_page_is_sent(String alter) {
        fixture.lake.beforeAnswer(batch -> {
            if (fixture.lake.batches().size() == 2) {
                alter(alter);
            }
        });
        TableReport report = fixture.sync(PEOPLE);
        assertThat(report.complete()).isTrue();
        assertThat(fixture.lake.values("id")).isEqualTo(ALL);
        assertThat(SyncFixture.codes(report)).containsExactly("SCHEMA_CHANGED");
        assertThat(fixture.sync(PEOPLE).findings()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ADD born date, ALGORITHM=COPY", "DROP n, ALGORITHM=COPY", "MODIFY n varchar(20)"})
    void reads_the_page_again_when_the_table_is_rebuilt_behind_its_snapshot(String alter) {
        AtomicBoolean altered = new AtomicBoolean();
        DataSource database = new FaultyConnections(fixture.db.dataSource(), (connection, method, arguments) -> {
                    boolean reads = method.equals("executeQuery") && ((String) arguments[0]).contains("`people`");
                    if (reads && fixture.lake.batches().size() == 1 && altered.compareAndSet(false, true)) {
                        alter(alter);
                    }
                    return arguments;
                })
                .source();
        TableReport report = sync(database, PEOPLE);
        assertThat(report.error()).isNull();
        assertThat(altered).isTrue();
        assertThat(fixture.lake.values("id")).isEqualTo(ALL);
    }

    @Test
    void refuses_to_go_on_when_the_watermark_has_another_type() {
        fixture.sync(PEOPLE);
        fixture.db.run("ALTER TABLE people MODIFY updated_at datetime(6) NOT NULL");
        assertThat(sync(fixture.db.dataSource(), PEOPLE).error())
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("watermark was updated_at timestamp and is updated_at datetime");
    }

    @Test
    void delivers_every_row_once_when_the_server_is_restarted_within_a_run() {
        try (MySqlServer own = open();
                SyncFixture run = SyncFixture.of(own)) {
            create(run);
            run.lake.beforeAnswer(batch -> {
                if (run.lake.batches().size() == 2) {
                    own.stop();
                }
            });
            timing.meanwhile(own::start);
            run.sync(run.extractor(PEOPLE).timing(timing));
            assertThat(timing.waits()).hasSize(1);
            assertThat(run.lake.values("id")).isEqualTo(ALL);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL ", "KILL QUERY "})
    void delivers_every_row_once_when_it_is_killed_within_a_page(String kill) {
        createSleepy("id = 15");
        CompletableFuture<Void> killer = CompletableFuture.runAsync(() -> {
            Eventually.until(() -> sleeper() != null);
            fixture.db.run("DELETE FROM slow", kill + sleeper());
        });
        TableReport report = sync(fixture.db.dataSource(), sleepy());
        killer.join();
        assertThat(report.error()).isNull();
        assertThat(timing.waits()).hasSizeBetween(1, 2);
        assertThat(fixture.lake.values("id")).isEqualTo(ALL);
    }

    /** Others read the list of transactions all the time, so that it waits for a new one. */
    @Test
    void delivers_every_row_once_when_it_is_killed_while_it_takes_the_horizon() {
        CompletableFuture<Void> killer = CompletableFuture.runAsync(() -> {
            AtomicReference<String> session = new AtomicReference<>();
            Eventually.until(() -> {
                fixture.db.one("SELECT count(*) FROM information_schema.innodb_trx");
                session.set(sleeper("DO SLEEP%"));
                return session.get() != null;
            });
            fixture.db.run("KILL " + session.get());
        });
        TableReport report = sync(fixture.db.dataSource(), PEOPLE);
        killer.join();
        assertThat(report.error()).isNull();
        assertThat(timing.waits()).isNotEmpty();
        assertThat(fixture.lake.values("id")).isEqualTo(ALL);
    }

    @Test
    void is_ended_by_the_server_when_a_statement_takes_too_long_at_every_try() {
        createSleepy("true");
        TableReport report = extractor(fixture.db.dataSource(), sleepy())
                .queryTimeout(Duration.ofMillis(500))
                .retries(new RetryPolicy(2, Duration.ofMillis(200), Duration.ofSeconds(5), Duration.ofMinutes(1)))
                .build()
                .syncOnce()
                .tables()
                .get(0);
        assertThat(report.error()).isInstanceOf(SourceException.class).hasMessageContaining("time");
        assertThat(report.error().getCause()).hasMessageNotContaining("Communications link");
        assertThat(timing.waits()).hasSize(1);
        assertThat(sleeper()).isNull();
    }

    @Test
    void gives_the_limits_of_time_back_as_they_were() throws Exception {
        String limits = "SELECT concat_ws('|', @@session.wait_timeout, /*!50708 @@session.max_execution_time */"
                + " /*M! @@session.max_statement_time */)";
        String set = "SET @@session.wait_timeout = 1234 /*!50708 , @@session.max_execution_time = 77000 */"
                + " /*M! , @@session.max_statement_time = 77.5 */";
        try (Connection one = fixture.db.dataSource().getConnection()) {
            one.createStatement().execute(set);
            String before = first(one, limits);
            DataSource pool = new SingleConnection(one).source();
            assertThat(sync(pool, PEOPLE).error()).isNull();
            assertThat(first(one, limits)).isEqualTo(before).startsWith("1234|77");
            fixture.db.run("DROP TABLE people");
            assertThat(sync(pool, PEOPLE).error()).isNotNull();
            assertThat(first(one, limits)).isEqualTo(before);
        }
    }

    private static void create(SyncFixture fixture) {
        fixture.db.run(
                "CREATE TABLE people (id bigint PRIMARY KEY, name text, n int, updated_at timestamp(6) NOT NULL)");
        ALL.forEach(id ->
                fixture.db.run("INSERT INTO people VALUES (" + id + ", 'n" + id + "', " + id + ", '2025-01-01')"));
    }

    /** A view that takes a minute for some rows, as long as the table {@code slow} has one. */
    private void createSleepy(String rows) {
        fixture.db.run(
                "CREATE TABLE slow (n int)",
                "INSERT INTO slow VALUES (1)",
                "CREATE VIEW sleepy AS SELECT id, concat(name, CASE WHEN " + rows
                        + " AND EXISTS (SELECT 1 FROM slow) THEN SLEEP(60) ELSE '' END) AS name, updated_at FROM people");
    }

    private static TablePlan sleepy() {
        return TablePlan.of("sleepy", "bronze.sleepy").watermark("updated_at").key("id");
    }

    private String sleeper() {
        return sleeper("%`sleepy`%");
    }

    private String sleeper(String statement) {
        return fixture.db.one("SELECT max(id) FROM information_schema.processlist WHERE state = 'User sleep'"
                + " AND info LIKE '" + statement + "' AND db = '" + fixture.db.one("SELECT database()") + "'");
    }

    private void alter(String change) {
        fixture.db.run("SET lock_wait_timeout = 1", "ALTER TABLE people " + change);
    }

    private TableReport sync(DataSource database, TablePlan plan) {
        return extractor(database, plan).build().syncOnce().tables().get(0);
    }

    private JdbcExtractor.Builder extractor(DataSource database, TablePlan plan) {
        return JdbcExtractor.builder(database, fixture.client())
                .readAhead(false)
                .checkpoints(fixture.store)
                .pages(new BatchPolicy(10, 1_000_000))
                .timing(timing)
                .table(plan);
    }

    private static String first(Connection connection, String sql) throws Exception {
        try (ResultSet rows = connection.createStatement().executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
