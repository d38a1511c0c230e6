package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.StreamClient;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.dialect.Finding.Severity;
import dev.sluice.jdbc.source.DeleteScan;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.testing.EmbeddedDatabase;
import java.sql.Connection;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole passes over tables of a database that has no dialect of its own. */
abstract class GenericSyncContract {
    private static final Duration LAG = Duration.ofMillis(20);
    private static final TablePlan T =
            TablePlan.of("t", "bronze.t").watermark("updated_at").key("id");

    private final RecordingLake lake = new RecordingLake();
    private final StreamClient client =
            StreamClient.builder().maxInFlight(1).transport(lake).build();
    private final CheckpointStore store = CheckpointStore.inMemory();
    private EmbeddedDatabase db;

    abstract EmbeddedDatabase open();

    /** The name of a type of nine digits behind the second. */
    abstract String fineType();

    @BeforeEach
    void create_database() {
        db = open();
    }

    @AfterEach
    void close() {
        client.close();
        db.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamp", "timestamp with time zone", "timestamp(3)", "timestamp(0)", "date"})
    void delivers_every_row_once_when_ties_are_larger_than_a_page(String type) {
        db.run("CREATE TABLE t (id int PRIMARY KEY, updated_at " + type + " NOT NULL)");
        insert("t", 100, id -> id + ", '2025-0" + (1 + id % 3) + "-01" + (type.equals("date") ? "'" : " 00:00:00'"));
        TablePlan zoned = T.watermarkZone(ZoneId.of("+05:30"));
        assertThat(sync(7, zoned).rows()).isEqualTo(100);
        assertThat(values("id")).hasSize(100).doesNotHaveDuplicates();
        assertThat(sync(7, zoned).rows()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"timestamp", "timestamp with time zone"})
    void delivers_what_is_changed_and_inserted_after_the_load(String type) {
        TablePlan zoned = T.watermarkZone(ZoneId.systemDefault()).cdc(true);
        db.run(
                "CREATE TABLE t (id int PRIMARY KEY, name varchar(9), updated_at " + type + " NOT NULL)",
                "INSERT INTO t VALUES (1, 'a', '2025-01-01 00:00:00'), (2, 'b', '2025-01-01 00:00:00')");
        sync(1, zoned);
        db.run(
                "UPDATE t SET name = 'new', updated_at = CURRENT_TIMESTAMP WHERE id = 1",
                "INSERT INTO t VALUES (3, 'c', CURRENT_TIMESTAMP)");
        Eventually.until(() -> {
            sync(1, zoned);
            return values("id").contains("3");
        });
        assertThat(values("id")).containsExactly("1", "2", "1", "3");
        assertThat(values("name")).containsExactly("a", "b", "new", "c");
        assertThat(values("_cdc_op")).containsExactly("c", "c", "u", "u");
    }

    @Test
    void holds_back_what_the_lag_says() {
        db.run("CREATE TABLE t (id int PRIMARY KEY, updated_at timestamp with time zone NOT NULL)");
        sync(10, T);
        db.run("INSERT INTO t VALUES (1, CURRENT_TIMESTAMP)");
        JdbcExtractor behind = extractor(10, T).horizonLag(Duration.ofHours(1)).build();
        TableReport report = behind.syncOnce().tables().get(0);
        assertThat(report.error()).isNull();
        assertThat(report.rows()).isZero();
        assertThat(report.heldBack()).isEqualTo(1);
    }

    @Test
    void keeps_every_digit_when_rows_differ_by_one() {
        db.run(
                "CREATE TABLE t (id int PRIMARY KEY, updated_at " + fineType() + " NOT NULL)",
                "INSERT INTO t VALUES (1, '2025-01-01 00:00:00.000000001'), (2, '2025-01-01 00:00:00.000000002')");
        sync(1, T.watermarkZone(ZoneOffset.UTC));
        assertThat(values("updated_at"))
                .containsExactly("2025-01-01T00:00:00.000000001", "2025-01-01T00:00:00.000000002");
    }

    @Test
    void delivers_every_row_once_when_the_key_has_several_columns_of_several_types() {
        db.run("CREATE TABLE t (on_day date, tag varchar(9), price decimal(20,10), code char(4), u uuid, big bigint,"
                + " moment timestamp, instant timestamp with time zone, n int, updated_at timestamp NOT NULL,"
                + " PRIMARY KEY (on_day, tag, price, code, u, big, moment, instant, n))");
        insert(
                "t",
                200,
                id -> ("'2025-01-0%d', '%c%d ', %d.00000001, 'x%d', '00000000-0000-0000-0000-00000000000%d',"
                                + " 9223372036854775807 - %d, '2025-11-02 01:30:00.00000%d',"
                                + " '2025-11-02 01:30:00-0%d:00', %d, '2025-01-01 00:00:00'")
                        .formatted(
                                1 + id % 2,
                                'A' + id % 2 * 32,
                                id % 3,
                                id % 3,
                                id % 4,
                                id % 2,
                                id % 3,
                                id % 2,
                                4 + id % 2,
                                id));
        TablePlan plan = T.watermarkZone(ZoneOffset.UTC)
                .key("on_day", "tag", "price", "code", "u", "big", "moment", "instant", "n");
        assertThat(sync(7, plan).rows()).isEqualTo(200);
        assertThat(values("n")).hasSize(200).doesNotHaveDuplicates();
    }

    @Test
    void tells_of_rows_that_are_gone_and_of_those_marked_as_deleted() {
        TablePlan plan = T.cdc(true).softDelete("gone").deletes(DeleteScan.every(Duration.ZERO));
        db.run("CREATE TABLE t (id decimal(10,2) PRIMARY KEY, gone boolean,"
                + " updated_at timestamp with time zone NOT NULL)");
        insert("t", 5, id -> id + ".50, " + (id == 5) + ", '2025-01-01 00:00:00'");
        sync(2, plan);
        db.run("DELETE FROM t WHERE id IN (2.50, 4.50)");
        sync(2, plan);
        sync(2, plan);
        assertThat(values("id").subList(5, 7)).containsExactlyInAnyOrder("2.50", "4.50");
        assertThat(values("_cdc_op")).containsExactly("c", "c", "c", "c", "d", "d", "d");
    }

    @Test
    void finds_what_was_changed_under_its_time_when_it_looks_back() {
        TablePlan plan = T.lookBack(Duration.ofHours(1));
        db.run(
                "CREATE TABLE t (id int PRIMARY KEY, name varchar(9), updated_at timestamp with time zone NOT NULL)",
                "INSERT INTO t VALUES (1, 'a', CURRENT_TIMESTAMP - INTERVAL '1' MINUTE),"
                        + " (2, 'b', CURRENT_TIMESTAMP - INTERVAL '1' MINUTE)");
        sync(10, plan);
        db.run("UPDATE t SET name = 'late' WHERE id = 2");
        sync(10, plan);
        assertThat(sync(10, plan).rows()).isZero();
        assertThat(values("name")).containsExactly("a", "b", "late");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bigint", "varchar(20)", "decimal(20,2)"})
    void follows_a_watermark_that_is_no_time(String type) {
        TablePlan plan = TablePlan.of("t", "bronze.t").watermark("version").key("id");
        db.run(
                "CREATE TABLE t (id int PRIMARY KEY, version " + type + " NOT NULL)",
                "INSERT INTO t VALUES (1, '10'), (2, '20')");
        Eventually.until(() -> {
            sync(1, plan);
            return lake.rows().size() == 2;
        });
        db.run("UPDATE t SET version = '30' WHERE id = 1");
        Eventually.until(() -> {
            sync(1, plan);
            return lake.rows().size() == 3;
        });
        sync(1, plan);
        assertThat(values("id")).containsExactly("1", "2", "1");
    }

    @Test
    void finds_tables_and_columns_when_their_names_are_odd() {
        db.run(
                "CREATE TABLE \"Odd ?\"\"'.Select_%\" (\"I?d\" int PRIMARY KEY, \"updated at\" timestamp NOT NULL,"
                        + " \"na\u00efve '{x\" varchar(9))",
                "CREATE TABLE \"Odd ?\"\"'.SelectXX\" (no int)",
                "INSERT INTO \"Odd ?\"\"'.Select_%\" VALUES (1, '2025-01-01 00:00:00', 'a')");
        TablePlan odd = TablePlan.of("\"Odd ?\"\"'.Select_%\"", "bronze.odd")
                .watermark("UPDATED at")
                .watermarkZone(ZoneOffset.UTC)
                .key("\"I?d\"");
        assertThat(sync(10, odd).rows()).isEqualTo(1);
        assertThat(lake.rows().get(0).path("na\u00efve '{x").asText()).isEqualTo("a");
        assertThat(store.list().get(0).source()).endsWith(".\"Odd ?\"\"'.Select_%\"");
    }

    @Test
    void finds_tables_and_columns_in_whatever_case_they_are_written() {
        db.run(
                "CREATE SCHEMA Shop",
                "CREATE TABLE Shop.Orders (Id int PRIMARY KEY, Updated_At timestamp with time zone NOT NULL)",
                "INSERT INTO Shop.Orders VALUES (1, '2025-01-01 00:00:00')");
        for (String table : List.of("shop.orders", "SHOP.ORDERS", "Shop.oRDERS")) {
            sync(10, TablePlan.of(table, "bronze.o").watermark("updated_AT").key("ID"));
        }
        assertThat(values("id")).containsExactly("1");
        assertThat(store.list()).hasSize(1);
    }

    @Test
    void reads_views_and_queries_and_what_a_filter_leaves() {
        db.run(
                "CREATE TABLE t (id int PRIMARY KEY, price decimal(9,2), updated_at timestamp with time zone NOT NULL)",
                "INSERT INTO t VALUES (1, 1.25, '2025-01-01 00:00:00'), (2, 2.5, '2025-01-01 00:00:00')",
                "CREATE VIEW v AS SELECT id, price * 2 AS twice, updated_at FROM t");
        assertThat(sync(1, TablePlan.of("v", "bronze.v").watermark("updated_at").key("id"))
                        .rows())
                .isEqualTo(2);
        assertThat(sync(
                                1,
                                TablePlan.query("q", "SELECT id, updated_at FROM t -- all", "bronze.q")
                                        .watermark("updated_at")
                                        .key("id"))
                        .rows())
                .isEqualTo(2);
        assertThat(sync(1, T.filter("price > 2")).rows()).isEqualTo(1);
        assertThat(values("twice")).startsWith("2.50", "5.00");
    }

    @Test
    void checks_a_table_before_it_is_synced() {
        db.run("CREATE TABLE t (id int PRIMARY KEY, name varchar(9), updated_at timestamp with time zone NOT NULL)");
        assertThat(extractor(10, T).build().check())
                .filteredOn(finding -> finding.severity() == Severity.ERROR)
                .isEmpty();
        assertThat(extractor(10, T).build().check())
                .extracting(Finding::code)
                .contains("NO_WATERMARK_INDEX")
                .doesNotContain("KEY_NOT_UNIQUE", "NOT_CHECKED");
    }

    @Test
    void refuses_to_sync_without_a_lag() {
        db.run("CREATE TABLE t (id int PRIMARY KEY, updated_at timestamp with time zone NOT NULL)");
        JdbcExtractor.Builder builder =
                JdbcExtractor.builder(db.dataSource(), client).readAhead(false);
        assertThat(builder.table(T).build().syncOnce().tables().get(0).error())
                .hasMessageContaining("transactions cannot be seen")
                .hasMessageContaining("horizonLag");
    }

    @Test
    void refuses_times_without_a_zone_when_none_is_set() {
        db.run("CREATE TABLE t (id int PRIMARY KEY, updated_at timestamp NOT NULL)");
        assertThat(failed(T)).hasMessageContaining("has no time zone").hasMessageContaining("watermarkZone");
    }

    @ParameterizedTest
    @ValueSource(strings = {"double precision", "blob", "int array", "time"})
    void refuses_a_key_that_has_no_order(String type) {
        db.run("CREATE TABLE t (id " + arrayOf(type) + " NOT NULL, updated_at timestamp NOT NULL)");
        assertThat(failed(T)).hasMessageContaining("no order");
    }

    @Test
    void says_so_when_there_is_no_such_table() {
        assertThat(failed(T)).hasMessageContaining("there is no table or view t");
    }

    @Test
    void leaves_a_pooled_connection_as_it_was_when_a_pass_ends_well_and_when_it_fails() throws Exception {
        db.run("CREATE TABLE t (id int PRIMARY KEY, updated_at timestamp with time zone NOT NULL)");
        try (Connection connection = db.dataSource().getConnection()) {
            SingleConnection pool = new SingleConnection(connection);
            assertThat(extractor(10, T, pool.source())
                            .build()
                            .syncOnce()
                            .tables()
                            .get(0)
                            .error())
                    .isNull();
            assertThat(connection.getAutoCommit()).isTrue();
            db.run("ALTER TABLE t DROP COLUMN updated_at");
            assertThat(extractor(10, T, pool.source())
                            .build()
                            .syncOnce()
                            .tables()
                            .get(0)
                            .error())
                    .isNotNull();
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(pool.lent()).isZero();
        }
    }

    /** As this database writes the name of a type. */
    String arrayOf(String type) {
        return type;
    }

    /** One field of every row, under whatever name the database stores it. */
    private List<String> values(String field) {
        return lake.rows().stream()
                .map(row -> row.properties().stream()
                        .filter(one -> one.getKey().equalsIgnoreCase(field))
                        .map(one -> one.getValue().asText())
                        .findFirst()
                        .orElse(""))
                .toList();
    }

    /** Rows 1 to {@code count}, each with the values given. */
    private void insert(String table, int count, IntFunction<String> values) {
        String rows = String.join(
                "), (", IntStream.rangeClosed(1, count).mapToObj(values).toList());
        db.run("INSERT INTO " + table + " VALUES (" + rows + ")");
    }

    private TableReport sync(int pageRows, TablePlan plan) {
        TableReport report =
                extractor(pageRows, plan).build().syncOnce().tables().get(0);
        assertThat(report.error()).isNull();
        return report;
    }

    private Throwable failed(TablePlan plan) {
        return extractor(10, plan).build().syncOnce().tables().get(0).error();
    }

    private JdbcExtractor.Builder extractor(int pageRows, TablePlan plan) {
        return extractor(pageRows, plan, db.dataSource());
    }

    private JdbcExtractor.Builder extractor(int pageRows, TablePlan plan, DataSource database) {
        return JdbcExtractor.builder(database, client)
                .readAhead(false)
                .checkpoints(store)
                .table(plan)
                .horizonLag(LAG)
                .pages(new BatchPolicy(pageRows, BatchPolicy.BYTE_LIMIT));
    }
}
