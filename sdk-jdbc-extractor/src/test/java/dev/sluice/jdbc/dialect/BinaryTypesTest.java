package dev.sluice.jdbc.dialect;

import static dev.sluice.jdbc.dialect.TypeLab.DIALECT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sluice.jdbc.HiddenDriver;
import dev.sluice.row.JsonWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Thousands of values of each type that is read in binary, beside what the server itself makes of them. */
final class BinaryTypesTest {
    private static final TypeLab LAB = new TypeLab();

    /** A number that follows from {@code i} and may be any of its type, of all lengths. */
    private static final String ANY = "(hashint8extended(i, 7) >> (i % 63)::int)";

    @BeforeAll
    static void create_types() {
        LAB.db.run(
                "CREATE TYPE public.mood AS ENUM ('so so', 'é\"')",
                "CREATE DOMAIN public.instant AS timestamptz(3)",
                "CREATE DOMAIN public.moment AS public.instant");
    }

    @AfterAll
    static void close() {
        LAB.close();
    }

    static Stream<Arguments> values() {
        String micros = "greatest(" + ANY + " >> 1, -211813488000000000)";
        return Stream.of(
                arguments("bool", ANY + " % 2 = 0"),
                arguments("int2", "(" + ANY + " % 32768)"),
                arguments("int4", "(" + ANY + " % 2147483648)"),
                arguments("int8", ANY),
                arguments("oid", "(hashint8extended(i, 7) >> (i % 32)::int) & 4294967295"),
                arguments("uuid", "md5(i::text)"),
                arguments("bytea", "substr(decode(md5(i::text) || md5((-i)::text), 'hex'), 1, (i % 33)::int)"),
                arguments("jsonb", "jsonb_build_object(chr(i::int), " + ANY + ")"),
                arguments("json", "jsonb_build_object(chr(i::int), " + ANY + ")"),
                arguments("text", "repeat(chr(i::int), (i % 20)::int) || chr((4000 - i % 2000)::int)"),
                arguments("varchar", "repeat(chr(i::int), (i % 20)::int)"),
                arguments("bpchar(5)", "left(chr(i::int) || i, 5)"),
                arguments("name", "chr(i::int) || 'n'"),
                arguments("xml", "'<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>' || i || 'é</a>'"),
                arguments("public.mood", "CASE WHEN i % 2 = 0 THEN 'so so' ELSE 'é\"' END"),
                arguments("timestamptz", "'2000-01-01 00:00:00+00'::timestamptz + interval '1 us' * " + micros),
                arguments("timestamp", "'2000-01-01 00:00:00'::timestamp + interval '1 us' * " + micros),
                arguments("public.moment", "'2000-01-01 00:00:00+00'::timestamptz + interval '1 us' * " + micros),
                arguments("timestamp(2)", "'2025-01-01 00:00:00'::timestamp + interval '1.234567 s' * i"),
                arguments("date", "date '2000-01-01' + greatest(-2451545, least(" + ANY + " >> 32, 2145031948))::int"),
                arguments("date", "date '0006-01-01 BC' + i::int"),
                arguments("date", "date '4714-11-24 BC' + i::int"),
                arguments("date", "date '1996-01-01' + i::int"),
                arguments("date", "date '1896-01-01' + i::int"),
                arguments("date", "date '9996-01-01' + i::int"),
                arguments("date", "date '5874897-12-31' - i::int"));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("values")
    void have_the_texts_of_the_server_and_the_json_of_plain_jdbc(String type, String value) throws SQLException {
        LAB.db.run(
                "DROP TABLE IF EXISTS public.some",
                "CREATE TABLE public.some AS SELECT i, CASE WHEN i % 100 > 0 THEN (" + value + ")::" + type
                        + " END AS v FROM generate_series(1::bigint, 3000) AS i");
        try (Connection connection = LAB.begin()) {
            Column column = DIALECT.describe(connection, "public.some")
                    .orElseThrow()
                    .columns()
                    .get(1);
            assertThat(BinaryTypes.has(column)).isTrue();
            Query query = Query.of("SELECT " + DIALECT.value("t.v", column)
                    + ", CASE WHEN t.v IS NOT NULL THEN format('%s', t.v) END FROM public.some AS t ORDER BY i");
            List<String> texts = new ArrayList<>();
            List<String> copied = read(connection, query, column, texts);
            assertThat(texts).hasSize(2 * 3_000);
            for (int i = 0; i < texts.size(); i += 2) {
                assertThat(texts.get(i)).isEqualTo(texts.get(i + 1));
            }
            assertThat(read(HiddenDriver.hide(connection), query, column, new ArrayList<>()))
                    .isEqualTo(copied);
        }
    }

    /** Otherwise its bytes would be taken for those of PostgreSQL's own. */
    @Test
    void are_not_a_users_own_that_have_the_same_name() throws SQLException {
        for (String name : List.of("uuid", "enum")) {
            LAB.db.run(
                    "CREATE TYPE public." + name,
                    "CREATE FUNCTION public." + name + "_in(cstring) RETURNS public." + name
                            + " LANGUAGE internal IMMUTABLE STRICT AS 'textin'",
                    "CREATE FUNCTION public." + name + "_out(public." + name
                            + ") RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout'",
                    "CREATE FUNCTION public." + name + "_send(public." + name
                            + ") RETURNS bytea LANGUAGE internal IMMUTABLE STRICT AS 'byteasend'",
                    "CREATE TYPE public." + name + " (INPUT = public." + name + "_in, OUTPUT = public." + name
                            + "_out, SEND = public." + name + "_send, LIKE = text)");
            assertThat(LAB.json("public." + name, "mine")).isEqualTo("\"mine\"");
        }
    }

    private static List<String> read(Connection connection, Query query, Column column, List<String> texts)
            throws SQLException {
        List<String> all = new ArrayList<>();
        try (Rows rows = DIALECT.rows(connection, query, List.of(column), TypePolicy.DEFAULT, new Losses())) {
            while (rows.next()) {
                JsonWriter out = new JsonWriter(16);
                rows.write(0, out);
                all.add(new String(out.copy(0, out.size()), UTF_8));
                texts.add(String.valueOf(rows.text(0)));
                texts.add(String.valueOf(rows.text(1)));
            }
        }
        return all;
    }
}
