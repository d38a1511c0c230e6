package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sluice.jdbc.TestDatabase;
import dev.sluice.row.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A value of each type, through a real PostgreSQL, and the JSON it must become. */
final class PostgresTypesTest {
    private static final TestDatabase DB = new TestDatabase();
    private static final Dialect DIALECT = Dialect.postgresql();

    @BeforeAll
    static void create_types() {
        DB.run(
                "CREATE TYPE mood AS ENUM ('so so', 'good')",
                "CREATE DOMAIN percent AS numeric(5,2) CHECK (VALUE <= 100)",
                "CREATE DOMAIN ratio AS percent",
                "CREATE DOMAIN flag AS boolean",
                "CREATE DOMAIN flags AS flag",
                "CREATE TYPE pair AS (a int, b text)",
                // What a session may be set to, and what must not be seen in any value.
                "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET IntervalStyle = iso_8601'; END $$",
                "DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET bytea_output = escape'; END $$");
    }

    @AfterAll
    static void close() {
        DB.close();
    }

    static Stream<Arguments> values() {
        return Stream.of(
                arguments("smallint", "-32768", "-32768"),
                arguments("integer", "2147483647", "2147483647"),
                arguments("bigint", "-9223372036854775808", "-9223372036854775808"),
                arguments("oid", "4294967295", "4294967295"),
                arguments("real", "123.456", "123.456"),
                arguments("real", "1e-37", "1e-37"),
                arguments("double precision", "1e+300", "1e+300"),
                arguments("double precision", "0.1", "0.1"),
                arguments("double precision", "-0", "-0"),
                arguments("double precision", "NaN", "\"NaN\""),
                arguments("real", "-Infinity", "\"-Infinity\""),
                arguments("double precision", "Infinity", "\"Infinity\""),
                arguments("numeric(20,4)", "123.45", "\"123.4500\""),
                arguments("numeric", "12345678901234567890123.4567", "\"12345678901234567890123.4567\""),
                arguments("numeric", "NaN", "\"NaN\""),
                arguments("percent", "99.5", "\"99.50\""),
                arguments("ratio", "1", "\"1.00\""),
                arguments("flag", "true", "true"),
                arguments("money", "1234.50", "\"1234.50\""),
                arguments("boolean", "true", "true"),
                arguments("boolean", "false", "false"),
                arguments("text", "a\"b\\c\nd\u0001é😀", "\"a\\\"b\\\\c\\nd\\u0001é😀\""),
                arguments("text", "", "\"\""),
                arguments("varchar(5)", "ab ", "\"ab \""),
                arguments("char(5)", "ab", "\"ab   \""),
                arguments("name", "n", "\"n\""),
                arguments("uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\""),
                arguments("xml", "<a>1</a>", "\"<a>1</a>\""),
                arguments("mood", "so so", "\"so so\""),
                arguments("bytea", "\\x00ff10", "\"AP8Q\""),
                arguments("bytea", "\\x", "\"\""),
                arguments("json", "{\"a\": 1.10}", "\"{\\\"a\\\": 1.10}\""),
                arguments(
                        "jsonb",
                        "{\"b\":12345678901234567890123.4567}",
                        "\"{\\\"b\\\": 12345678901234567890123.4567}\""),
                arguments("date", "2025-02-14", "\"2025-02-14\""),
                arguments("date", "0044-03-15 BC", "\"-0043-03-15\""),
                arguments("date", "0001-12-31 BC", "\"0000-12-31\""),
                arguments("date", "infinity", "\"infinity\""),
                arguments("timestamp", "2025-02-14 14:44:29.123456", "\"2025-02-14T14:44:29.123456\""),
                arguments("timestamp", "0044-03-15 01:02:03 BC", "\"-0043-03-15T01:02:03\""),
                arguments("timestamp", "-infinity", "\"-infinity\""),
                arguments("timestamptz", "2025-02-14 14:44:29.123456+01", "\"2025-02-14T13:44:29.123456Z\""),
                arguments("timestamptz", "2025-11-02 01:30:00-05", "\"2025-11-02T06:30:00Z\""),
                arguments("timestamptz", "0044-03-15 01:02:03+00 BC", "\"-0043-03-15T01:02:03Z\""),
                arguments("timestamptz", "infinity", "\"infinity\""),
                arguments("time", "24:00:00", "\"24:00:00\""),
                arguments("time", "01:02:03.000004", "\"01:02:03.000004\""),
                arguments("timetz", "01:02:03+02", "\"01:02:03+02\""),
                arguments("interval", "1 year 2 mons 3 days 04:05:06.7", "\"1 year 2 mons 3 days 04:05:06.7\""),
                arguments("int[]", "{1,NULL,-3}", "[1,null,-3]"),
                arguments("int[]", "{}", "[]"),
                arguments("int[]", "[0:1]={7,8}", "[7,8]"),
                arguments("text[]", "{{a,\"b,}\"},{\"NULL\",NULL}}", "[[\"a\",\"b,}\"],[\"NULL\",null]]"),
                arguments("text[]", "{\"q\\\"\\\\\",\"\"}", "[\"q\\\"\\\\\",\"\"]"),
                arguments("numeric(6,2)[]", "{1.5,NaN}", "[\"1.50\",\"NaN\"]"),
                arguments("boolean[]", "{t,f}", "[true,false]"),
                arguments("timestamptz[]", "{2025-01-01 00:00:00+00}", "[\"2025-01-01T00:00:00Z\"]"),
                arguments("bytea[]", "{\"\\\\x00ff\"}", "[\"AP8=\"]"),
                arguments("percent[]", "{1,2}", "[\"1.00\",\"2.00\"]"),
                arguments("flags[]", "{t,f}", "[true,false]"),
                arguments("money[]", "{1234.50,NULL}", "[\"1234.50\",null]"),
                arguments("mood[]", "{\"so so\"}", "[\"so so\"]"),
                arguments("int2vector", "1 2", "\"1 2\""),
                arguments("box[]", "{(1,1),(0,0);(2,2),(1,1)}", "[\"(1,1),(0,0)\",\"(2,2),(1,1)\"]"),
                arguments("bit(4)", "0101", "\"0101\""),
                arguments("varbit", "1", "\"1\""),
                arguments("int4range", "[1,5)", "\"[1,5)\""),
                arguments("inet", "10.0.0.1/8", "\"10.0.0.1/8\""),
                arguments("macaddr", "08:00:2b:01:02:03", "\"08:00:2b:01:02:03\""),
                arguments("point", "(1.5,2)", "\"(1.5,2)\""),
                arguments("tsvector", "'a':1 'b':2", "\"'a':1 'b':2\""),
                arguments("pg_lsn", "16/B374D848", "\"16/B374D848\""),
                arguments("pair", "(1,\"x y\")", "\"(1,\\\"x y\\\")\""));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("values")
    void becomes_its_json_when_read(String type, String value, String json) throws Exception {
        DB.run(
                "DROP TABLE IF EXISTS one",
                "CREATE TABLE one (v " + type + ")",
                "INSERT INTO one VALUES ('" + value.replace("'", "''") + "')");
        assertThat(read()).isEqualTo(json);
    }

    private static String read() throws Exception {
        try (Connection connection = DB.dataSource().getConnection()) {
            DIALECT.begin(connection);
            Column column =
                    DIALECT.describe(connection, "one").orElseThrow().columns().get(0);
            Query query = Query.of("SELECT " + DIALECT.value("t.v", column) + " FROM one t");
            try (Rows rows = DIALECT.rows(connection, query, List.of(column), TypePolicy.DEFAULT, new Losses())) {
                rows.next();
                JsonWriter out = new JsonWriter(16);
                rows.write(0, out);
                return new String(out.copy(0, out.size()), StandardCharsets.UTF_8);
            }
        }
    }
}
