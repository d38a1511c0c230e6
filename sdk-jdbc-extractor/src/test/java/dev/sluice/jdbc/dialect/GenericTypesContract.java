package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.testing.EmbeddedDatabase;
import dev.sluice.row.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A value of each type, and the JSON it must become. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class GenericTypesContract {
    static final Dialect DIALECT = Dialect.generic();

    EmbeddedDatabase db;

    abstract EmbeddedDatabase open() throws Exception;

    /** A type, a value in SQL, its JSON. */
    abstract Stream<Arguments> values();

    @BeforeAll
    void open_database() throws Exception {
        db = open();
    }

    @AfterAll
    void close() {
        db.close();
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("values")
    void becomes_its_json_when_read_from_a_table_and_from_a_query(String type, String value, String json)
            throws SQLException {
        db.run(
                "DROP TABLE IF EXISTS one",
                "CREATE TABLE one (v " + type + ")",
                "INSERT INTO one VALUES (" + value + ")");
        try (Connection connection = db.dataSource().getConnection()) {
            Table table = DIALECT.describe(connection, "one").orElseThrow();
            assertThat(json(connection, table.columns().get(0), table.sql())).isEqualTo(json);
            Column queried =
                    DIALECT.describeQuery(connection, "SELECT v FROM one").get(0);
            assertThat(json(connection, queried, table.sql())).isEqualTo(json);
            db.run("UPDATE one SET v = NULL");
            assertThat(json(connection, queried, table.sql())).isEqualTo("null");
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("values")
    void is_found_by_its_text_and_by_its_json_when_it_has_an_order(String type, String value, String json)
            throws SQLException {
        db.run(
                "DROP TABLE IF EXISTS one",
                "CREATE TABLE one (v " + type + ")",
                "INSERT INTO one VALUES (" + value + ")");
        try (Connection connection = db.dataSource().getConnection()) {
            Table table = DIALECT.describe(connection, "one").orElseThrow();
            Column column = table.columns().get(0);
            if (DIALECT.isOrdered(column)) {
                String ref = "t." + DIALECT.quote(column.name());
                String text =
                        text(connection, "SELECT " + DIALECT.text(ref, column) + " FROM " + table.sql() + " AS t");
                assertThat(count(connection, table, column, text)).isEqualTo("1");
                String sent = json.startsWith("\"")
                        ? json.substring(1, json.length() - 1).replace("\\\"", "\"")
                        : json;
                assertThat(count(connection, table, column, DIALECT.unwritten(sent, column)))
                        .isEqualTo("1");
            }
        }
    }

    private static String text(Connection connection, String sql) throws SQLException {
        return Sql.one(connection, sql);
    }

    private static String count(Connection connection, Table table, Column column, String value) throws SQLException {
        Query query = new Query.Builder()
                .sql("SELECT count(*) FROM " + table.sql() + " AS t WHERE t." + DIALECT.quote(column.name()) + " = ")
                .value(value, column, DIALECT)
                .build();
        try (Rows rows = DIALECT.rows(connection, query, List.of(), TypePolicy.DEFAULT, new Losses())) {
            rows.next();
            return rows.text(0);
        }
    }

    private static String json(Connection connection, Column column, String table) throws SQLException {
        String value = DIALECT.value("t." + DIALECT.quote(column.name()), column);
        Query query = Query.of("SELECT " + value + " FROM " + table + " AS t");
        try (Rows rows = DIALECT.rows(connection, query, List.of(column), TypePolicy.DEFAULT, new Losses())) {
            rows.next();
            JsonWriter out = new JsonWriter(16);
            rows.write(0, out);
            return new String(out.copy(0, out.size()), StandardCharsets.UTF_8);
        }
    }
}
