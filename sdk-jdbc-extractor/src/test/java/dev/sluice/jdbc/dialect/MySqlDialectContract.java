package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.testing.Database;
import dev.sluice.jdbc.testing.MySqlServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names, settings, indexes and the clock of a real server; which rows it all finds is tested where they are synced. */
abstract class MySqlDialectContract {
    private static final Dialect DIALECT = Dialect.mysql();

    private static final String SETTINGS = "SELECT concat_ws('|', @@session.time_zone, @@session.sql_mode,"
            + " @@session.sql_select_limit, coalesce(@@session.character_set_results, 'none'),"
            + " @@session.max_sort_length, @@session.transaction_isolation, @@session.autocommit)";

    private Database db;

    abstract MySqlServer server();

    @BeforeEach
    void create_database() {
        db = server().newDatabase();
    }

    @AfterEach
    void close() {
        if (db != null) {
            db.close();
        }
    }

    @Test
    void is_detected_when_the_driver_calls_it_mysql() throws Exception {
        try (Connection connection = db.dataSource().getConnection()) {
            assertThat(Dialect.detect(connection)).isInstanceOf(MySqlDialect.class);
        }
    }

    @Test
    void leaves_the_session_as_it_was() throws Exception {
        String settings = "&sessionVariables=time_zone='-03:00',sql_mode='ANSI_QUOTES',sql_select_limit=7,"
                + "max_sort_length=64,character_set_results=latin1";
        try (Connection connection = DriverManager.getConnection(db.url("root") + settings)) {
            String before = one(connection, SETTINGS);
            DIALECT.begin(connection);
            assertThat(one(connection, SETTINGS))
                    .startsWith("+00:00|ALLOW_INVALID_DATES|1844")
                    .isNotEqualTo(before);
            DIALECT.activity(connection);
            assertThat(one(connection, SETTINGS)).startsWith("+00:00|");
            connection.rollback();
            DIALECT.end(connection);
            connection.setAutoCommit(true);
            assertThat(one(connection, SETTINGS)).isEqualTo(before);
        }
    }

    @Test
    void sees_one_state_of_the_database_when_the_session_would_see_each_new_one() throws Exception {
        db.run("CREATE TABLE t (v int)");
        try (Connection connection = db.dataSource().getConnection()) {
            connection.createStatement().execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
            String before = one(connection, SETTINGS);
            DIALECT.begin(connection);
            db.run("INSERT INTO t VALUES (1)");
            assertThat(one(connection, "SELECT count(*) FROM t")).isEqualTo("0");
            connection.rollback();
            DIALECT.end(connection);
            assertThat(one(connection, "SELECT count(*) FROM t")).isEqualTo("1");
            connection.setAutoCommit(true);
            assertThat(one(connection, SETTINGS)).isEqualTo(before);
        }
    }

    @Test
    void has_the_identity_of_its_server_and_database() throws Exception {
        try (Connection connection = db.dataSource().getConnection()) {
            String server = server().version().contains("MariaDB") ? "" : one(connection, "SELECT @@server_uuid") + "/";
            assertThat(DIALECT.identity(connection)).isEqualTo(server + db.name());
        }
    }

    @Test
    void sets_the_limits_of_time_back() throws Exception {
        String limits = "SELECT concat_ws('|', @@session.wait_timeout, /*!50708 @@session.max_execution_time */"
                + " /*M! @@session.max_statement_time */)";
        try (Connection connection =
                DriverManager.getConnection(db.url("root") + "&sessionVariables=wait_timeout=77")) {
            String before = one(connection, limits);
            DIALECT.begin(connection);
            DIALECT.limitTime(connection, Duration.ofMillis(1500));
            assertThat(one(connection, limits)).startsWith("2|1").isNotEqualTo(before);
            connection.rollback();
            DIALECT.end(connection);
            assertThat(one(connection, limits)).isEqualTo(before);
        }
    }

    @Test
    void changes_nothing_when_it_ends_what_it_has_not_begun() throws Exception {
        try (Connection connection = db.dataSource().getConnection()) {
            String before = one(connection, SETTINGS);
            DIALECT.end(connection);
            assertThat(one(connection, SETTINGS)).isEqualTo(before);
        }
    }

    @Test
    void refuses_to_write() throws Exception {
        db.run("CREATE TABLE t (v int)");
        try (Connection connection = db.dataSource().getConnection()) {
            DIALECT.begin(connection);
            assertThatThrownBy(() -> connection.createStatement().execute("INSERT INTO t VALUES (1)"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"odd, odd", "`Odd ``Table`, `Odd ``Table`", "DB.odd, odd", "`DB`.`a.b`, `a.b`", "v, v"})
    void finds_a_table_by_its_name_as_it_stands_in_sql(String written, String name) throws Exception {
        db.run(
                "CREATE TABLE odd (v int)",
                "CREATE TABLE `Odd ``Table` (v int)",
                "CREATE TABLE `a.b` (v int)",
                "CREATE VIEW v AS SELECT v FROM odd");
        try (Connection connection = db.dataSource().getConnection()) {
            Table table = DIALECT.describe(connection, written.replace("DB", db.name()))
                    .orElseThrow();
            assertThat(table.name()).isEqualTo(db.name() + "." + name);
            assertThat(table.sql()).startsWith("`" + db.name() + "`.`");
        }
    }

    @ParameterizedTest
    @CsvSource({"none", "none.odd", "'odd.'", "a.b.odd", "'`odd'", "' '"})
    void finds_nothing_when_there_is_no_such_table(String written) throws Exception {
        db.run("CREATE TABLE odd (v int)");
        try (Connection connection = db.dataSource().getConnection()) {
            assertThat(DIALECT.describe(connection, written)).isEmpty();
        }
    }

    @Test
    void describes_columns_with_their_types() throws Exception {
        db.run("CREATE TABLE t (id bigint unsigned PRIMARY KEY, `Up``d` datetime(3) NOT NULL, d decimal(10,4),"
                + " g int AS (id + 1), b varchar(5) CHARACTER SET binary)");
        try (Connection connection = db.dataSource().getConnection()) {
            Table table = DIALECT.describe(connection, "t").orElseThrow();
            assertThat(table.columns()).extracting(Column::name).containsExactly("id", "Up`d", "d", "g", "b");
            assertThat(table.columns())
                    .extracting(Column::kind)
                    .containsExactly("bigint", "datetime", "decimal", "int", "varbinary");
            assertThat(table.columns()).extracting(Column::nullable).containsExactly(false, false, true, true, true);
            assertThat(table.columns().get(0).type()).endsWith("unsigned");
            assertThat(table.columns().get(1).modifier()).isEqualTo(3);
            assertThat(table.columns().get(2).modifier()).isEqualTo(4);
            assertThat(DIALECT.column(table, "`UP``D`"))
                    .contains(table.columns().get(1));
        }
    }

    @Test
    void describes_a_query_by_its_result() throws Exception {
        db.run("CREATE TABLE t (id bigint unsigned, u datetime(3) NOT NULL, d decimal(10,4), b tinyint(1), x blob)");
        try (Connection connection = db.dataSource().getConnection()) {
            List<Column> columns = DIALECT.describeQuery(connection, "SELECT id + 0 AS n, u, d, b, x FROM t -- all");
            assertThat(columns)
                    .containsExactly(
                            new Column("n", "bigint unsigned", "bigint", false, -1, true),
                            new Column("u", "datetime", "datetime", false, 0, false),
                            new Column("d", "decimal", "decimal", false, 4, true),
                            new Column("b", "bit", "bit", false, -1, true),
                            new Column("x", "blob", "blob", false, -1, true));
        }
    }

    @Test
    void refuses_a_connection_whose_character_set_loses_keys() throws Exception {
        try (Connection connection = DriverManager.getConnection(db.url("root") + "&characterEncoding=ISO-8859-1")) {
            assertThatThrownBy(() -> DIALECT.describe(connection, "t")).hasMessageContaining("characterEncoding");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "datetime(6), timestamp '2025-01-01 00:00:00' + interval id second",
        "timestamp(3), timestamp '2025-01-01 00:00:00' + interval id second",
        "date, date '2000-01-01' + interval id day",
        "int, id",
        "bigint unsigned, 18446744073709500000 + id",
        "'decimal(20,6)', id / 7",
        "varchar(20) COLLATE utf8mb4_general_ci, 'lpad(id, 6, 0)'",
        "varchar(20) CHARACTER SET latin1, 'lpad(id, 6, 0)'",
        "varchar(20) CHARACTER SET ucs2, 'lpad(id, 6, 0)'",
        "varchar(20) COLLATE utf8mb4_unicode_ci, 'lpad(id, 6, 0)'",
        "varbinary(20), 'lpad(id, 6, 0)'",
        "bit(20), id",
        "time(3), sec_to_time(id)"
    })
    void reads_a_page_by_a_range_of_the_index(String type, String value) throws Exception {
        db.run(
                "CREATE TABLE t (id int NOT NULL, v " + type
                        + " NOT NULL, more char(200) DEFAULT '-', KEY by_v (v, id))",
                "INSERT INTO t (id, v) SELECT 1, " + value.replace("id", "1"));
        for (int rows = 1; rows < 2048; rows *= 2) {
            db.run("INSERT INTO t (id, v) SELECT id + " + rows + ", " + value.replace("id", "(id + " + rows + ")")
                    + " FROM t");
        }
        db.run("ANALYZE TABLE t");
        assertThat(plan(1990, 2040)).isEqualTo("range by_v");
    }

    /** How the page behind one row and before another one would be read. */
    private String plan(int from, int to) throws Exception {
        try (Connection connection = db.dataSource().getConnection()) {
            DIALECT.begin(connection);
            Table table = DIALECT.describe(connection, "t").orElseThrow();
            Column id = table.columns().get(0);
            Column v = table.columns().get(1);
            String text = "SELECT " + DIALECT.text("v", v) + " FROM t WHERE id = ";
            String low = one(connection, text + from);
            Query query = new Query.Builder()
                    .sql("EXPLAIN SELECT * FROM t WHERE v < ")
                    .value(one(connection, text + to), v, DIALECT)
                    .sql(" AND (v >= ")
                    .value(low, v, DIALECT)
                    .sql(" AND (v > ")
                    .value(low, v, DIALECT)
                    .sql(" OR id > ")
                    .value("2", id, DIALECT)
                    .sql(")) ORDER BY v, id LIMIT 10")
                    .build();
            return explained(connection, query);
        }
    }

    private static String explained(Connection connection, Query query) throws Exception {
        try (PreparedStatement statement = connection.prepareStatement(query.toString())) {
            for (int i = 0; i < query.values().size(); i++) {
                statement.setString(i + 1, query.values().get(i));
            }
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getString("type") + " " + row.getString("key");
            }
        }
    }

    @Test
    void is_two_seconds_behind_when_nothing_is_open() throws Exception {
        try (Connection connection = db.dataSource().getConnection()) {
            DIALECT.begin(connection);
            Activity activity = DIALECT.activity(connection);
            assertThat(activity.blind()).isNull();
            assertThat(Duration.between(activity.oldest(), activity.now())).isEqualTo(Duration.ofSeconds(2));
        }
    }

    /** The server keeps the list for a tenth of a second since somebody last read it. */
    @Test
    void sees_a_transaction_when_the_list_was_read_a_moment_ago() throws Exception {
        db.run("CREATE TABLE t (v int)");
        Connection writer = db.dataSource().getConnection();
        try (Connection reader = db.dataSource().getConnection()) {
            DIALECT.begin(reader);
            writer.createStatement().execute("XA START 'x'");
            DIALECT.activity(reader);
            writer.createStatement().execute("INSERT INTO t VALUES (1)");
            writer.createStatement().execute("XA END 'x'");
            writer.createStatement().execute("XA PREPARE 'x'");
            writer.close();
            for (int i = 0; DIALECT.activity(reader).prepared().isEmpty() && i < 20; i++) {
                // The server lets go of a session a moment after the client has.
                one(reader, "SELECT SLEEP(0.02)");
            }
            Map<String, ?> prepared = DIALECT.activity(reader).prepared();
            db.run("XA ROLLBACK 'x'");
            assertThat(prepared).hasSize(1);
            assertThat(DIALECT.activity(reader).prepared()).isEmpty();
        }
    }

    @Test
    void leaves_out_transactions_that_write_nothing() throws Exception {
        db.run("CREATE TABLE t (v int)", "INSERT INTO t VALUES (1)");
        try (Connection connection = db.dataSource().getConnection();
                Connection other = db.dataSource().getConnection()) {
            DIALECT.begin(other);
            one(other, "SELECT v FROM t");
            one(connection, "SELECT SLEEP(1.1)");
            DIALECT.begin(connection);
            Activity activity = DIALECT.activity(connection);
            assertThat(Duration.between(activity.oldest(), activity.now())).isEqualTo(Duration.ofSeconds(2));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2025-11-02 00:30:00, 2025-11-02 04:30:00",
        "2025-11-02 01:30:00, 2025-11-02 05:30:00", // comes twice: the first of them
        "2025-11-02 02:30:00, 2025-11-02 07:30:00",
        "2025-11-02 04:30:00, 2025-11-02 09:30:00",
        "2025-03-09 01:30:00, 2025-03-09 06:30:00",
        "2025-03-09 03:30:00, 2025-03-09 07:30:00",
        "2025-07-01 12:00:00, 2025-07-01 16:00:00"
    })
    void takes_the_earlier_one_when_a_transactions_hour_comes_twice(String local, String utc) throws Exception {
        createZone();
        try (Connection connection = db.dataSource().getConnection()) {
            connection.createStatement().execute("SET time_zone = 'Test/New_York'");
            String started = one(connection, "SELECT " + MySqlClock.started("CAST('" + local + "' AS DATETIME)"));
            connection.createStatement().execute("SET time_zone = '+00:00'");
            assertThat(one(connection, "SELECT CAST(FROM_UNIXTIME(" + started + ") AS CHAR)"))
                    .startsWith(utc);
        }
    }

    /** New York in 2025; the servers come without zones. */
    private void createZone() {
        db.run(
                "INSERT IGNORE INTO mysql.time_zone VALUES (900, 'N')",
                "INSERT IGNORE INTO mysql.time_zone_name VALUES ('Test/New_York', 900)",
                "INSERT IGNORE INTO mysql.time_zone_transition_type VALUES (900, 0, -18000, 0, 'EST'), (900, 1, -14400, 1,"
                        + " 'EDT')",
                "INSERT IGNORE INTO mysql.time_zone_transition VALUES (900, 1730613600, 0), (900, 1741503600, 1),"
                        + " (900, 1762063200, 0)");
    }

    @Test
    void is_transient_when_the_connection_was_cut() throws Exception {
        try (Connection connection = db.dataSource().getConnection()) {
            db.killConnections();
            assertThatThrownBy(() -> one(connection, "SELECT 1"))
                    .satisfies(e ->
                            assertThat(DIALECT.isTransient((SQLException) e)).isTrue());
        }
    }

    @Test
    void is_not_transient_when_the_statement_is_wrong() throws Exception {
        try (Connection connection = db.dataSource().getConnection()) {
            assertThatThrownBy(() -> one(connection, "SELECT none FROM none"))
                    .satisfies(e ->
                            assertThat(DIALECT.isTransient((SQLException) e)).isFalse());
        }
    }

    private static String one(Connection connection, String sql) throws SQLException {
        return Sql.one(connection, sql);
    }
}
