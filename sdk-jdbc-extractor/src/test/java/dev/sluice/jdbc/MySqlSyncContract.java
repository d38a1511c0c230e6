package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.testing.Database;
import dev.sluice.jdbc.testing.MySqlServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.time.ZoneId;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole passes over tables of a real server, whose dialect nobody names. */
abstract class MySqlSyncContract {
    private static final TablePlan T =
            TablePlan.of("t", "bronze.t").watermark("updated_at").key("id");

    private final RecordingLake lake = new RecordingLake();
    private final StreamClient client =
            StreamClient.builder().maxInFlight(1).transport(lake).build();
    private final CheckpointStore store = CheckpointStore.inMemory();
    private Database db;

    abstract MySqlServer server();

    @BeforeEach
    void create_database() {
        db = server().newDatabase();
    }

    @AfterEach
    void close() {
        client.close();
        if (db != null) {
            db.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamp(6)", "timestamp", "datetime(6)", "datetime", "date"})
    void delivers_every_row_once_when_ties_are_larger_than_a_page(String type) {
        db.run("CREATE TABLE t (id int PRIMARY KEY, updated_at " + type + " NOT NULL)");
        insert("t", 100, id -> id + ", '2025-0" + (1 + id % 3) + "-01'");
        TablePlan zoned = T.watermarkZone(ZoneId.of("+05:30"));
        assertThat(sync(7, zoned).rows()).isEqualTo(100);
        assertThat(lake.values("id")).hasSize(100).doesNotHaveDuplicates();
        assertThat(sync(7, zoned).rows()).isZero();
        db.run("UPDATE t SET updated_at = now(6) WHERE id <= 30");
        waitForHorizon(type);
        TableReport report = sync(7, zoned);
        if (type.equals("date")) {
            assertThat(report.heldBack()).isEqualTo(30);
        } else {
            assertThat(report.rows()).isEqualTo(30);
            assertThat(lake.values("id").subList(100, 130))
                    .isEqualTo(lake.values("id").subList(0, 30));
        }
    }

    @Test
    void keeps_microseconds_when_rows_differ_by_one() {
        db.run("CREATE TABLE t (id int PRIMARY KEY, updated_at timestamp(6) NOT NULL)");
        sync(1, T);
        db.run("INSERT INTO t VALUES (2, now(6)), (1, now(6) + interval 1 microsecond)");
        waitForHorizon("timestamp(6)");
        sync(1, T);
        assertThat(lake.values("id")).containsExactly("2", "1");
        assertThat(lake.values("updated_at"))
                .isEqualTo(List.of(time("updated_at - interval 1 microsecond"), time("updated_at")));
        assertThat(store.list().get(0).cursor().watermark())
                .isEqualTo(time("updated_at").replace('T', ' ').replace("Z", ""));
        assertThat(sync(1, T).rows()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "varchar(9) COLLATE utf8mb4_general_ci",
        "varchar(9) COLLATE utf8mb4_unicode_ci",
        "varchar(9) CHARACTER SET latin1",
        "char(9) COLLATE utf8mb4_bin",
        "varbinary(30)"
    })
    void reads_in_the_keys_own_order_when_pages_have_one_row(String type) {
        db.run("CREATE TABLE t (id " + type + " PRIMARY KEY, updated_at timestamp NOT NULL)");
        List<String> keys =
                List.of("a", "B", "c_", "C%", "", "\u00dfx", "10", "9", "a b", "a\tb", "z''", "_", "-1", "\\\\");
        keys.forEach(key -> db.run("INSERT INTO t VALUES ('" + key + "', '2025-01-01')"));
        assertThat(sync(1, T).rows()).isEqualTo(keys.size());
        List<String> byPage = lake.values("id");
        assertThat(byPage).hasSize(keys.size()).doesNotHaveDuplicates();
        TablePlan other =
                TablePlan.of("t", "bronze.whole").watermark("updated_at").key("id");
        sync(1_000, other);
        assertThat(lake.values("id").subList(keys.size(), 2 * keys.size())).isEqualTo(byPage);
    }

    @Test
    void reads_long_keys_in_their_order_when_they_begin_alike() {
        db.run("CREATE TABLE t (id varchar(760) COLLATE utf8mb4_bin, updated_at timestamp NOT NULL)");
        String same = "\ud83d\ude00".repeat(700);
        insert("t", 40, id -> "'" + same + (10 + id * 7 % 40) + "', '2025-01-01'");
        assertThat(sync(3, T).rows()).isEqualTo(40);
        assertThat(lake.values("id")).doesNotHaveDuplicates();
    }

    @Test
    void delivers_every_row_once_when_the_key_has_several_columns_of_several_types() {
        db.run("CREATE TABLE t (day date, tag varchar(9), price decimal(10,2), code char(4), raw binary(2),"
                + " kind enum('z','a','m'), some set('x','y'), big bigint unsigned, flag bit(3), at time(2), y year,"
                + " updated_at datetime NOT NULL, n int, PRIMARY KEY (day, tag, price, code, raw, kind, some, big, flag,"
                + " at, y, n))");
        insert(
                "t",
                300,
                id -> ("'2025-01-0%d', '%c%d', %d / 7, 'x%d', 0x0%d0%d, %d, %d, 18446744073709551615 - %d, %d,"
                                + " sec_to_time(%d), 2020 + %d, '2025-01-01', %d")
                        .formatted(
                                1 + id % 2,
                                'A' + id % 2 * 32,
                                id % 3,
                                id % 3,
                                id % 4,
                                id % 2,
                                id % 3,
                                1 + id % 3,
                                id % 3,
                                id % 2,
                                id % 4,
                                id % 3 - 1,
                                id % 2,
                                id));
        TablePlan plan = TablePlan.of("t", "bronze.t")
                .watermark("updated_at")
                .watermarkZone(ZoneId.of("+05:30"))
                .key("day", "tag", "price", "code", "raw", "kind", "some", "big", "flag", "at", "y", "n");
        assertThat(sync(7, plan).rows()).isEqualTo(300);
        assertThat(lake.values("n")).hasSize(300).doesNotHaveDuplicates();
    }

    @Test
    void finds_tables_and_columns_when_their_names_are_odd() {
        db.run(
                "CREATE TABLE `Odd ?``\"'.Select` (`I?d` int PRIMARY KEY, `updated at` timestamp NOT NULL, `na\u00efve \"``x` text)",
                "INSERT INTO `Odd ?``\"'.Select` VALUES (1, '2025-01-01', 'a')");
        TablePlan odd = TablePlan.of("`Odd ?``\"'.Select`", "bronze.odd")
                .watermark("`UPDATED at`")
                .key("`I?d`");
        assertThat(sync(10, odd).rows()).isEqualTo(1);
        assertThat(lake.rows().get(0).path("na\u00efve \"`x").asText()).isEqualTo("a");
        assertThat(store.list().get(0).source()).isEqualTo(db.name() + ".`Odd ?``\"'.Select`");
    }

    @Test
    void says_so_when_there_is_no_such_table() {
        assertThat(sync(10, T).error()).hasMessageContaining("there is no table or view t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"double", "longtext", "point"})
    void refuses_a_key_that_has_no_order(String type) {
        db.run("CREATE TABLE t (id " + type + " NOT NULL, updated_at timestamp NOT NULL)");
        assertThat(sync(10, T).error()).hasMessageContaining("no order").hasMessageContaining(type);
    }

    @Test
    void reads_rows_with_a_zero_date_for_their_watermark() throws Exception {
        db.run("CREATE TABLE t (id int PRIMARY KEY, updated_at datetime NOT NULL)");
        try (Connection connection = db.dataSource().getConnection()) {
            connection.createStatement().execute("SET sql_mode = ''");
            connection
                    .createStatement()
                    .execute("INSERT INTO t VALUES (1, 0), (2, 0), (3, '2025-00-00'), (4, '2025-01-01')");
        }
        assertThat(sync(1, T.watermarkZone(ZoneId.of("+05:30"))).rows()).isEqualTo(4);
        assertThat(lake.values("id")).containsExactly("1", "2", "3", "4");
    }

    @Test
    void leaves_a_pooled_connection_as_it_was_when_a_pass_ends_well_and_when_it_fails() throws Exception {
        db.run(
                "CREATE TABLE t (id int PRIMARY KEY, updated_at timestamp NOT NULL)",
                "INSERT INTO t VALUES (1, '2025-01-01')");
        String settings = "&sessionVariables=sql_mode='ANSI_QUOTES',time_zone='-03:00',sql_select_limit=9";
        try (Connection connection = DriverManager.getConnection(db.url("root") + settings)) {
            SingleConnection pool = new SingleConnection(connection);
            String before = settings(connection);
            assertThat(sync(10, T, pool.source()).rows()).isEqualTo(1);
            assertThat(settings(connection)).isEqualTo(before);
            db.run("ALTER TABLE t DROP COLUMN updated_at");
            assertThat(sync(10, T, pool.source()).error()).isNotNull();
            assertThat(settings(connection)).isEqualTo(before);
            assertThat(pool.lent()).isZero();
        }
    }

    /** A time of row 1, in UTC. */
    private String time(String expression) {
        return db.one("SELECT date_format(convert_tz(" + expression + ", '+05:30', '+00:00'), '%Y-%m-%dT%H:%i:%s.%fZ')"
                + " FROM t WHERE id = 1");
    }

    /** Until everything that is committed now lies below the horizon: it may be rounded up, and the horizon down. */
    private void waitForHorizon(String type) {
        db.one("SELECT SLEEP(" + (type.endsWith("(6)") ? 2.2 : 3.7) + ")");
    }

    private static String settings(Connection connection) throws Exception {
        try (ResultSet row = connection
                .createStatement()
                .executeQuery("SELECT concat_ws('|', @@session.sql_mode,"
                        + " @@session.time_zone, @@session.sql_select_limit, @@session.autocommit)")) {
            row.next();
            return row.getString(1);
        }
    }

    /** Rows 1 to {@code count}, each with the values given. */
    private void insert(String table, int count, IntFunction<String> values) {
        String rows = String.join(
                "), (", IntStream.rangeClosed(1, count).mapToObj(values).toList());
        db.run("INSERT INTO " + table + " VALUES (" + rows + ")");
    }

    private TableReport sync(int pageRows, TablePlan plan) {
        return sync(pageRows, plan, db.dataSource());
    }

    private TableReport sync(int pageRows, TablePlan plan, DataSource database) {
        return JdbcExtractor.builder(database, client)
                .readAhead(false)
                .checkpoints(store)
                .table(plan)
                .pages(new BatchPolicy(pageRows, BatchPolicy.BYTE_LIMIT))
                .build()
                .syncOnce()
                .tables()
                .get(0);
    }
}
