package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RetryPolicy;
import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.source.TablePlan;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a database may do to those who read it. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class FaultTest {
    private static final int ROWS = 30;
    private static final String FILL = "INSERT INTO customers SELECT i, 'name ' || i, '2025-01-01Z'::timestamptz + i *"
            + " interval '1 minute' FROM generate_series(1, " + ROWS + ") i";
    private static final String CUSTOMERS =
            "CREATE TABLE customers (id bigint PRIMARY KEY, name text, updated_at timestamptz NOT NULL)";
    private static final List<String> ALL =
            IntStream.rangeClosed(1, ROWS).mapToObj(Integer::toString).toList();
    private static final TablePlan PLAN = TablePlan.of("customers", "bronze.customers")
            .watermark("updated_at")
            .key("id");

    @TempDir
    Path directory;

    private final TestDatabase db = new TestDatabase();
    private final RecordingLake lake = new RecordingLake();
    private final StreamClient client =
            StreamClient.builder().maxInFlight(1).transport(lake).build();
    private final SteppedTiming timing = new SteppedTiming();

    @BeforeEach
    void create_customers() {
        db.run(CUSTOMERS, FILL);
    }

    @AfterEach
    void close() {
        client.close();
        db.close();
    }

    @Test
    void delivers_every_row_once_when_a_connection_is_cut_after_any_number_of_bytes() {
        try (CuttingProxy proxy = new CuttingProxy(port())) {
            DataSource cut = through(proxy);
            assertThat(sync(cut).error()).isNull();
            long bytes = proxy.answered();
            int syncs = 1;
            for (long at = 0; at < bytes; at += bytes / 40) {
                proxy.cutAfter(at);
                assertThat(sync(cut).error()).as("cut after %d bytes", at).isNull();
                syncs++;
            }
            assertThat(timing.waits()).hasSizeGreaterThanOrEqualTo(syncs - 3);
            assertThat(lake.values("id")).hasSize(syncs * ROWS);
            for (int i = 0; i < syncs; i++) {
                assertThat(lake.values("id").subList(i * ROWS, (i + 1) * ROWS)).isEqualTo(ALL);
            }
        }
    }

    @Test
    void delivers_every_row_once_when_the_backend_is_terminated_within_a_page() throws InterruptedException {
        db.run(
                "CREATE TABLE slow (n int)",
                "INSERT INTO slow VALUES (1)",
                "CREATE VIEW sleepy AS SELECT id, name || CASE WHEN id = 15 AND EXISTS (SELECT 1 FROM slow)"
                        + " THEN pg_sleep(60)::text ELSE '' END AS name, updated_at FROM customers");
        AtomicInteger killed = new AtomicInteger();
        Thread killer = new Thread(() -> {
            Eventually.until(() -> kill() > 0);
            killed.incrementAndGet();
            db.run("DELETE FROM slow");
        });
        killer.start();
        TablePlan sleepy =
                TablePlan.of("sleepy", "bronze.sleepy").watermark("updated_at").key("id");
        TableReport report = sync(extractor(db.dataSource(), sleepy)
                .timing(waitingFor(() -> db.one("SELECT count(*) FROM slow").equals("0"))));
        killer.join();
        assertThat(report.error()).isNull();
        assertThat(killed).hasValue(1);
        assertThat(lake.values("id")).isEqualTo(ALL);
    }

    @Test
    void delivers_every_row_once_when_the_server_is_restarted_within_a_run() throws IOException {
        RestartingServer server = new RestartingServer(directory);
        try {
            server.run(CUSTOMERS, FILL);
            lake.beforeAnswer(batch -> {
                if (lake.batches().size() == 2) {
                    server.stop();
                }
            });
            timing.meanwhile(server::start);
            assertThat(sync(server.source()).error()).isNull();
            assertThat(timing.waits()).hasSize(1);
            assertThat(lake.values("id")).isEqualTo(ALL);
        } finally {
            server.stop();
        }
    }

    @Test
    void goes_on_when_the_network_swallows_every_byte() throws InterruptedException {
        try (CuttingProxy proxy = new CuttingProxy(port())) {
            AtomicInteger limit = new AtomicInteger();
            FaultyConnections impatient = new FaultyConnections(through(proxy), (connection, method, arguments) -> {
                if (!method.equals("setNetworkTimeout") || (int) arguments[1] == 0) {
                    return arguments;
                }
                limit.set((int) arguments[1]);
                return new Object[] {arguments[0], 300};
            });
            lake.beforeAnswer(batch -> {
                if (lake.batches().size() == 1) {
                    proxy.hangAfter(1_500);
                }
            });
            TableReport report = sync(extractor(impatient.source(), PLAN).queryTimeout(Duration.ofSeconds(70)));
            proxy.awaitHanging();
            assertThat(report.error()).isNull();
            assertThat(limit).hasValue(100_000);
            assertThat(lake.values("id")).isEqualTo(ALL);
        }
    }

    @Test
    void gives_the_network_timeout_back_as_it_was() throws SQLException {
        try (Connection one = db.dataSource().getConnection()) {
            DataSource pool = new SingleConnection(one).source();
            sync(pool);
            assertThat(one.getNetworkTimeout()).isZero();
            one.setNetworkTimeout(Runnable::run, 1_000_000);
            sync(pool);
            assertThat(one.getNetworkTimeout()).isEqualTo(1_000_000);
        }
    }

    @Test
    void reads_all_when_the_driver_has_no_network_timeout() {
        FaultyConnections old = new FaultyConnections(db.dataSource(), (connection, method, arguments) -> {
            if (method.equals("getNetworkTimeout")) {
                throw new java.sql.SQLFeatureNotSupportedException("not here");
            }
            return arguments;
        });
        assertThat(sync(old.source()).error()).isNull();
        assertThat(lake.values("id")).isEqualTo(ALL);
    }

    @Test
    void fails_when_a_statement_takes_too_long_at_every_try() {
        db.run("CREATE VIEW sleepy AS SELECT id, pg_sleep(60)::text AS name, updated_at FROM customers");
        TablePlan sleepy =
                TablePlan.of("sleepy", "bronze.sleepy").watermark("updated_at").key("id");
        TableReport report = sync(extractor(db.dataSource(), sleepy)
                .queryTimeout(Duration.ofMillis(200))
                .retries(new RetryPolicy(2, Duration.ofMillis(200), Duration.ofSeconds(5), Duration.ofMinutes(1))));
        assertThat(report.error())
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("reading public.sleepy failed")
                .hasMessageContaining("SQLSTATE 57014");
        assertThat(timing.waits()).hasSize(1);
    }

    static Stream<SQLException> what_may_pass() {
        return Stream.of(
                new SQLException("deadlock detected", "40P01"),
                new SQLException("could not serialize access", "40001"),
                new SQLException("canceling statement due to conflict with recovery", "40001"),
                new SQLException("terminating connection due to administrator command", "57P01"),
                new SQLException("terminating connection due to idle-session timeout", "57P05"),
                new SQLException("an I/O error", "08006"),
                new SQLException("a pool's word", new SQLException("an I/O error", "08006")),
                new SQLTransientException("no state"),
                new SQLRecoverableException("no state"));
    }

    @ParameterizedTest
    @MethodSource("what_may_pass")
    void tries_again_when_trying_may_help(SQLException problem) {
        AtomicInteger times = new AtomicInteger(4);
        FaultyConnections failing = new FaultyConnections(db.dataSource(), (connection, method, arguments) -> {
            if (method.equals("prepareStatement") && times.getAndDecrement() > 0) {
                throw problem;
            }
            return arguments;
        });
        assertThat(sync(failing.source()).error()).isNull();
        assertThat(timing.waits()).hasSize(4);
        assertThat(lake.values("id")).isEqualTo(ALL);
    }

    @Test
    void fails_when_five_tries_have_failed() {
        FaultyConnections failing = new FaultyConnections(db.dataSource(), (connection, method, arguments) -> {
            if (method.equals("prepareStatement")) {
                throw new SQLException("deadlock detected", "40P01");
            }
            return arguments;
        });
        assertThat(named(failing.source()).error()).hasMessageContaining("deadlock detected (SQLSTATE 40P01)");
        assertThat(failing.taken()).isEqualTo(5);
    }

    @Test
    void fails_at_once_when_trying_cannot_help() {
        FaultyConnections failing = new FaultyConnections(db.dataSource(), (connection, method, arguments) -> {
            if (method.equals("prepareStatement")) {
                throw new SQLException("permission denied", "42501");
            }
            return arguments;
        });
        assertThat(named(failing.source()).error()).hasMessageContaining("permission denied");
        assertThat(failing.taken()).isEqualTo(1);
    }

    static Stream<SQLException> refused_passwords() {
        SQLException said = new SQLException("password authentication failed for user \"sync\"", "28P01");
        return Stream.of(said, new SQLTransientConnectionException("no connection available", "28P01", said));
    }

    @ParameterizedTest
    @MethodSource("refused_passwords")
    void says_so_at_once_when_the_password_was_changed_and_goes_on_with_the_new_one(SQLException refusal) {
        AtomicInteger asked = new AtomicInteger();
        DataSource rotated = SingleConnection.source(() -> {
            if (asked.incrementAndGet() == 1) {
                throw refusal;
            }
            return db.dataSource().getConnection();
        });
        JdbcExtractor extractor = extractor(rotated, PLAN).build();
        assertThat(only(extractor.syncOnce()).error()).hasMessageContaining("SQLSTATE 28P01");
        assertThat(asked).hasValue(1);
        assertThat(only(extractor.syncOnce()).error()).isNull();
        assertThat(lake.values("id")).isEqualTo(ALL);
    }

    @Test
    void waits_for_a_connection_when_the_pool_has_none() {
        AtomicInteger asked = new AtomicInteger();
        DataSource busy = SingleConnection.source(() -> {
            if (asked.incrementAndGet() <= 3) {
                throw new SQLException("timed out waiting for a connection");
            }
            return db.dataSource().getConnection();
        });
        assertThat(sync(busy).error()).isNull();
        assertThat(timing.waits()).hasSize(3);
    }

    @Test
    void tries_no_more_when_it_is_stopped_while_it_waits() {
        AtomicInteger asked = new AtomicInteger();
        DataSource down = SingleConnection.source(() -> {
            asked.incrementAndGet();
            throw new SQLException("Connection refused", "08001");
        });
        JdbcExtractor extractor = extractor(down, PLAN).build();
        timing.meanwhile(extractor::stop);
        TableReport report = only(extractor.syncOnce());
        assertThat(report.error()).hasMessageContaining("Connection refused (SQLSTATE 08001)");
        assertThat(asked).hasValue(1);
    }

    @Test
    void tries_no_more_when_it_is_interrupted_while_it_waits() {
        AtomicInteger asked = new AtomicInteger();
        DataSource down = SingleConnection.source(() -> {
            asked.incrementAndGet();
            throw new SQLException("Connection refused", "08001");
        });
        timing.meanwhile(Thread.currentThread()::interrupt);
        sync(down);
        boolean interrupted = Thread.interrupted();
        assertThat(interrupted).isTrue();
        assertThat(asked).hasValue(1);
    }

    @Test
    void is_not_disturbed_when_idle_transactions_are_ended_soon() throws SQLException {
        db.run(
                "CREATE ROLE hasty LOGIN IN ROLE pg_read_all_stats, pg_read_all_data",
                "ALTER ROLE hasty SET idle_in_transaction_session_timeout = '100ms'",
                "ALTER ROLE hasty SET default_transaction_read_only = on");
        lake.beforeAnswer(batch -> db.one("SELECT pg_sleep(0.3)"));
        try (Connection one = db.dataSource("hasty").getConnection()) {
            assertThat(sync(new SingleConnection(one).source()).error()).isNull();
        } finally {
            db.run("DROP ROLE hasty");
        }
        assertThat(timing.waits()).isEmpty();
        assertThat(lake.values("id")).isEqualTo(ALL);
    }

    @Test
    void keeps_nothing_on_a_connection_that_is_swept_when_it_is_given_back() throws SQLException {
        try (Connection one = db.dataSource().getConnection()) {
            assertThat(sync(extractor(swept(one, "DISCARD ALL"), PLAN).pages(new BatchPolicy(1, 1_000_000)))
                            .error())
                    .isNull();
            assertThat(timing.waits()).isEmpty();
        }
        assertThat(lake.values("id")).isEqualTo(ALL);
    }

    @Test
    void needs_no_prepared_statement_behind_a_pooler_when_the_driver_makes_none() throws SQLException {
        String url = "jdbc:postgresql://127.0.0.1:" + port() + "/" + db.one("SELECT current_database()");
        try (Connection one = DriverManager.getConnection(url + "?prepareThreshold=0", "postgres", "")) {
            // Within a block, so that the driver does not see it, as it sees nothing of a pooler's change of servers.
            DataSource pooled = swept(one, "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$");
            assertThat(sync(extractor(pooled, PLAN).pages(new BatchPolicy(1, 1_000_000)))
                            .error())
                    .isNull();
            assertThat(timing.waits()).isEmpty();
        }
        assertThat(lake.values("id")).isEqualTo(ALL);
    }

    @Test
    void is_never_ahead_of_what_was_delivered_when_no_checkpoint_can_be_saved() {
        FullStore store = new FullStore();
        JdbcExtractor extractor =
                extractor(db.dataSource(), PLAN).checkpoints(store).build();
        List<Integer> ahead = new CopyOnWriteArrayList<>();
        lake.beforeAnswer(batch -> {
            List<String> ids = lake.values("id");
            int first = Integer.parseInt(ids.get(ids.size() - batch.rows()));
            if (cursor(store) >= first) {
                ahead.add(first);
            }
        });
        for (int saves = 0; saves < 5; saves++) {
            store.failAfter(saves % 3);
            assertThat(only(extractor.syncOnce()).error()).isInstanceOf(CheckpointException.class);
            assertThat(lake.values("id")).containsAll(ALL.subList(0, cursor(store)));
        }
        store.failAfter(Integer.MAX_VALUE);
        assertThat(only(extractor.syncOnce()).error()).isNull();
        assertThat(new HashSet<>(lake.values("id"))).containsExactlyInAnyOrderElementsOf(ALL);
        assertThat(store.list().get(0).pending()).isEmpty();
        assertThat(ahead).isEmpty();
    }

    /** The id that the table is settled up to. */
    private static int cursor(CheckpointStore store) {
        return store.list().stream()
                .map(Checkpoint::cursor)
                .filter(place -> place != null)
                .mapToInt(place -> Integer.parseInt(place.key().get(0)))
                .findFirst()
                .orElse(0);
    }

    /** A disk that is full after so many saves. */
    private static final class FullStore extends ForwardingStore {
        private int left;

        FullStore() {
            super(CheckpointStore.inMemory());
        }

        void failAfter(int saves) {
            left = saves;
        }

        @Override
        public void save(Checkpoint checkpoint) {
            if (left-- <= 0) {
                throw new CheckpointException("cannot save: no space left on device");
            }
            super.save(checkpoint);
        }
    }

    /** A server of one test alone, which it stops and starts on the same port and data. */
    private static final class RestartingServer {
        private final Path data;
        private EmbeddedPostgres server;
        private final int port;

        RestartingServer(Path directory) throws IOException {
            data = directory.resolve("data");
            server = builder().start();
            port = server.getPort();
        }

        DataSource source() {
            return SingleConnection.source(() ->
                    DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", "postgres", ""));
        }

        void run(String... sql) {
            try (Connection connection = source().getConnection();
                    Statement statement = connection.createStatement()) {
                for (String one : sql) {
                    statement.execute(one);
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        void stop() {
            try {
                server.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void start() {
            try {
                server = builder().setPort(port).start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private EmbeddedPostgres.Builder builder() {
            return EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setServerConfig("fsync", "off");
        }
    }

    /** A pool of one connection that is swept when it is given back. */
    private static DataSource swept(Connection one, String sweep) {
        return new FaultyConnections(new SingleConnection(one).source(), (connection, method, arguments) -> {
                    if (method.equals("close")) {
                        try (Statement statement = one.createStatement()) {
                            statement.execute(sweep);
                        }
                    }
                    return arguments;
                })
                .source();
    }

    private SteppedTiming waitingFor(java.util.function.BooleanSupplier condition) {
        timing.meanwhile(() -> Eventually.until(condition));
        return timing;
    }

    private int kill() {
        return Integer.parseInt(db.one("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND wait_event = 'PgSleep'"));
    }

    private int port() {
        return Integer.parseInt(db.one("SELECT inet_server_port()"));
    }

    private DataSource through(CuttingProxy proxy) {
        String url = "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/" + db.one("SELECT current_database()");
        return SingleConnection.source(() -> DriverManager.getConnection(url + "?sslmode=disable", "postgres", ""));
    }

    private JdbcExtractor.Builder extractor(DataSource database, TablePlan plan) {
        return JdbcExtractor.builder(database, client)
                .timing(timing)
                .pages(new BatchPolicy(10, 1_000_000))
                .table(plan);
    }

    private TableReport sync(DataSource database) {
        return sync(extractor(database, PLAN));
    }

    /** Without the connection that finds out which database it is. */
    private TableReport named(DataSource database) {
        return sync(extractor(database, PLAN).dialect(Dialect.postgresql()));
    }

    private static TableReport sync(JdbcExtractor.Builder extractor) {
        return only(extractor.build().syncOnce());
    }

    private static TableReport only(SyncReport report) {
        return report.tables().get(0);
    }
}
