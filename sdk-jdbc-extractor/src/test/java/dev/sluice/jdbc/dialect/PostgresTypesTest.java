package dev.sluice.jdbc.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sluice.row.JsonWriter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A value of each type, through a real PostgreSQL, and the JSON it must become. */
final class PostgresTypesTest {
    private static final TypeLab LAB = new TypeLab();

    @BeforeAll
    static void create_types() {
        LAB.db.run(
                "CREATE TYPE mood AS ENUM ('so so', 'good')",
                "CREATE DOMAIN percent AS numeric(5,2) CHECK (VALUE <= 100)",
                "CREATE DOMAIN ratio AS percent",
                "CREATE DOMAIN flag AS boolean",
                "CREATE DOMAIN cash AS money",
                "CREATE TYPE pair AS (a int, b text)",
                "CREATE TYPE floats AS RANGE (subtype = float8)",
                "CREATE TYPE public.\"bool\" AS ENUM ('t', 'maybe')",
                "CREATE EXTENSION citext",
                "CREATE EXTENSION ltree");
    }

    @AfterAll
    static void close() {
        LAB.close();
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
                arguments("public.percent", "99.5", "\"99.50\""),
                arguments("public.ratio", "1", "\"1.00\""),
                arguments("public.flag", "true", "true"),
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
                arguments("public.mood", "so so", "\"so so\""),
                arguments("bytea", "\\x00ff10", "\"AP8Q\""),
                arguments("bytea", "\\x", "\"\""),
                arguments("json", "{\"a\": 1.10}", "\"{\\\"a\\\": 1.10}\""),
                arguments(
                        "jsonb",
                        "{\"b\":12345678901234567890123.4567}",
                        "\"{\\\"b\\\": 12345678901234567890123.4567}\""),
                arguments("int2vector", "1 2", "\"1 2\""),
                arguments("bit(4)", "0101", "\"0101\""),
                arguments("varbit", "1", "\"1\""),
                arguments("int4range", "[1,5)", "\"[1,5)\""),
                arguments("inet", "10.0.0.1/8", "\"10.0.0.1/8\""),
                arguments("macaddr", "08:00:2b:01:02:03", "\"08:00:2b:01:02:03\""),
                arguments("point", "(1.5,2)", "\"(1.5,2)\""),
                arguments("tsvector", "'a':1 'b':2", "\"'a':1 'b':2\""),
                arguments("pg_lsn", "16/B374D848", "\"16/B374D848\""),
                arguments("public.pair", "(1,\"x y\")", "\"(1,\\\"x y\\\")\""),
                arguments("smallint", "32767", "32767"),
                arguments("bigint", "9223372036854775807", "9223372036854775807"),
                arguments("oid", "0", "0"),
                arguments("real", "1.17549435e-38", "1.1754944e-38"),
                arguments("double precision", "5e-324", "5e-324"),
                arguments("double precision", "1.7976931348623157e308", "1.7976931348623157e+308"),
                arguments("real", "NaN", "\"NaN\""),
                arguments("double precision", "-Infinity", "\"-Infinity\""),
                arguments("numeric", "Infinity", "\"Infinity\""),
                arguments("numeric", "-Infinity", "\"-Infinity\""),
                arguments("numeric", "-0.00000000000000000001", "\"-0.00000000000000000001\""),
                arguments("bit varying(8)", "", "\"\""),
                arguments("bit", "1", "\"1\""),
                arguments("\"char\"", "a", "\"a\""),
                arguments("\"char\"", "", "\"\""),
                arguments("int8range", "empty", "\"empty\""),
                arguments("numrange", "(,5.50]", "\"(,5.50]\""),
                arguments(
                        "tsrange", "[\"2025-01-01 00:00:00\",infinity)", "\"[\\\"2025-01-01 00:00:00\\\",infinity)\""),
                arguments("daterange", "[2025-01-01,)", "\"[2025-01-01,)\""),
                arguments("tstzrange", "[\"2025-01-01 01:00:00+01\",)", "\"[\\\"2025-01-01 00:00:00+00\\\",)\""),
                arguments("int4multirange", "{[1,3),[5,9)}", "\"{[1,3),[5,9)}\""),
                arguments("int4multirange", "{}", "\"{}\""),
                arguments("public.floats", "[1.5,2.5]", "\"[1.5,2.5]\""),
                arguments("cidr", "10.0.0.0/8", "\"10.0.0.0/8\""),
                arguments("inet", "2001:db8::1", "\"2001:db8::1\""),
                arguments("inet", "10.0.0.1", "\"10.0.0.1\""),
                arguments("macaddr8", "08:00:2b:01:02:03:04:05", "\"08:00:2b:01:02:03:04:05\""),
                arguments("line", "{1,-1,0}", "\"{1,-1,0}\""),
                arguments("lseg", "[(0,0),(1,1)]", "\"[(0,0),(1,1)]\""),
                arguments("box", "(1,1),(0,0)", "\"(1,1),(0,0)\""),
                arguments("path", "((0,0),(1,1))", "\"((0,0),(1,1))\""),
                arguments("path", "[(0,0),(1,1)]", "\"[(0,0),(1,1)]\""),
                arguments("polygon", "((0,0),(1,1),(2,0))", "\"((0,0),(1,1),(2,0))\""),
                arguments("circle", "<(0,0),1>", "\"<(0,0),1>\""),
                arguments("point", "(NaN,Infinity)", "\"(NaN,Infinity)\""),
                arguments("tsquery", "'a' & !'b'", "\"'a' & !'b'\""),
                arguments("txid_snapshot", "10:20:10,14", "\"10:20:10,14\""),
                arguments("pg_snapshot", "10:20:10,14", "\"10:20:10,14\""),
                arguments("xid8", "18446744073709551615", "\"18446744073709551615\""),
                arguments("xid", "4294967295", "\"4294967295\""),
                arguments("tid", "(0,1)", "\"(0,1)\""),
                arguments("jsonpath", "$.\"a\"[*]?(@ > 1)", "\"$.\\\"a\\\"[*]?(@ > 1)\""),
                arguments("regclass", "pg_class", "\"pg_class\""),
                arguments("regtype", "integer", "\"integer\""),
                arguments("regrole", "pg_monitor", "\"pg_monitor\""),
                arguments("public.citext", "MiXed", "\"MiXed\""),
                arguments("public.ltree", "a.b.c", "\"a.b.c\""),
                arguments("public.lquery", "a.*", "\"a.*\""),
                arguments("oidvector", "1 2", "\"1 2\""),
                arguments("aclitem", "postgres=r/postgres", "\"postgres=r/postgres\""),
                arguments("public.\"bool\"", "t", "\"t\""),
                arguments("xml", "a<b/>", "\"a<b/>\""),
                arguments("money", "-92233720368547758.08", "\"-92233720368547758.08\""),
                arguments("public.cash", "12.30", "\"12.30\""),
                arguments("bytea", "\\x5c6e5c4e09", "\"XG5cTgk=\""),
                arguments("text", "\\N", "\"\\\\N\""),
                arguments("text", "\\.", "\"\\\\.\""),
                arguments("text", "'", "\"'\""));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("values")
    void becomes_its_json_when_read(String type, String value, String json) throws Exception {
        assertThat(LAB.json(type, value)).isEqualTo(json);
    }

    @Test
    void becomes_its_json_when_all_stand_in_one_row_with_and_without_null_between() throws Exception {
        LAB.checkInOneRow(values());
    }

    @Test
    void keeps_a_scale_when_it_is_negative_or_larger_than_all_digits() throws Exception {
        LAB.assumeVersion(15);
        assertThat(LAB.json("numeric(3,-2)", "12345")).isEqualTo("\"12300\"");
        assertThat(LAB.json("numeric(2,4)", "0.0012")).isEqualTo("\"0.0012\"");
    }

    @Test
    void keeps_every_digit_when_a_number_is_as_long_as_it_can_be() throws Exception {
        String digits = "7".repeat(600) + "." + "3".repeat(400);
        assertThat(LAB.json("numeric(1000,400)", digits)).isEqualTo('"' + digits + '"');
        assertThat(LAB.json("numeric", "9".repeat(131_072))).isEqualTo('"' + "9".repeat(131_072) + '"');
    }

    @Test
    void keeps_every_character_when_a_text_has_all_of_them() throws Exception {
        StringBuilder all = new StringBuilder("😀\\N\\.");
        for (char c = 1; c < 0x900; c++) {
            all.append(c);
        }
        JsonWriter expected = new JsonWriter(16).string(all.toString());
        assertThat(LAB.json("text", all.toString())).isEqualTo(new String(expected.copy(0, expected.size()), UTF_8));
    }

    @Test
    void is_read_when_the_database_makes_the_value() throws Exception {
        assertThat(made("v int GENERATED ALWAYS AS (b + 1) STORED")).isEqualTo("2");
        assertThat(made("v bigint GENERATED ALWAYS AS IDENTITY")).isEqualTo("1");
        assertThat(made("v smallserial")).isEqualTo("1");
        assertThat(made("v text")).isEqualTo("null");
    }

    private static String made(String column) throws Exception {
        LAB.db.run(
                "DROP TABLE IF EXISTS public.one",
                "CREATE TABLE public.one (" + column + ", b int)",
                "INSERT INTO public.one (b) VALUES (1)");
        return LAB.json(TypePolicy.DEFAULT, new Losses());
    }

    /** The extension is not at hand: its texts are as its manual has them. */
    @Test
    void is_an_array_of_numbers_when_it_is_a_vector() {
        for (String type : new String[] {"vector", "halfvec"}) {
            Column column = new Column("v", "public." + type + "(3)", type, false, 3, true);
            JsonWriter out = new JsonWriter(16);
            ValueWriter writer = PostgresTypes.writer(column, TypePolicy.DEFAULT, new Losses());
            writer.write("[1,-2.5,1e-05]", out);
            writer.write("\t[1,-2.5,1e-05]\n".getBytes(UTF_8), 1, 15, out);
            assertThat(new String(out.copy(0, out.size()), UTF_8)).isEqualTo("[1,-2.5,1e-05],[1,-2.5,1e-05]");
        }
    }
}
