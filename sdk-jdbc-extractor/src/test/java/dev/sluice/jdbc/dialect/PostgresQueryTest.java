package dev.sluice.jdbc.dialect;

import static dev.sluice.jdbc.dialect.TypeLab.DIALECT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.HiddenDriver;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The columns of a query of the user's own, as the database describes them. */
final class PostgresQueryTest {
    private static final TypeLab LAB = new TypeLab();

    @BeforeAll
    static void create_tables() {
        LAB.db.run(
                "CREATE SCHEMA \"Odd\"",
                "CREATE TYPE \"Odd\".\"Mood\" AS ENUM ('so so')",
                "CREATE DOMAIN public.percents AS numeric(5,2)[]",
                "CREATE TABLE public.many (id bigserial, n serial, s smallserial, t timestamptz(3), u timestamp,"
                        + " d time(0)[], p numeric(10,2), c char(4), b bit(4), v varchar(3)[], m \"Odd\".\"Mood\","
                        + " ms \"Odd\".\"Mood\"[], \"Up per\" text, x \"char\", pc public.percents, j jsonb)");
    }

    @AfterAll
    static void close() {
        LAB.close();
    }

    @Test
    void has_the_types_that_its_texts_are_cast_to() throws SQLException {
        assertThat(describe("SELECT * FROM public.many"))
                .containsExactly(
                        new Column("id", "bigint", "int8", false, -1, true),
                        new Column("n", "integer", "int4", false, -1, true),
                        new Column("s", "smallint", "int2", false, -1, true),
                        new Column("t", "timestamp(3) with time zone", "timestamptz", false, 3, true),
                        new Column("u", "timestamp without time zone", "timestamp", false, -1, true),
                        new Column("d", "time(0) without time zone[]", "time", true, 0, true),
                        new Column("p", "numeric", "numeric", false, -1, true),
                        new Column("c", "bpchar", "bpchar", false, -1, true),
                        new Column("b", "\"bit\"", "bit", false, -1, true),
                        new Column("v", "character varying[]", "varchar", true, -1, true),
                        new Column("m", "\"Odd\".\"Mood\"", "enum", false, -1, true),
                        new Column("ms", "\"Odd\".\"Mood\"[]", "enum", true, -1, true),
                        new Column("Up per", "text", "text", false, -1, true),
                        new Column("x", "\"char\"", "char", false, -1, true),
                        new Column("pc", "numeric[]", "numeric", true, -1, true),
                        new Column("j", "jsonb", "jsonb", false, -1, true));
    }

    @Test
    void has_names_and_operators_of_its_own() throws SQLException {
        assertThat(describe(
                        "SELECT j ? '{fn a}' AS \"has?\", count(*), NULL AS nothing FROM public.many GROUP BY j -- "))
                .containsExactly(
                        new Column("has?", "boolean", "bool", false, -1, true),
                        new Column("count", "bigint", "int8", false, -1, true),
                        new Column("nothing", "text", "text", false, -1, true));
    }

    @Test
    void tells_a_type_from_another_of_the_same_name() throws SQLException {
        LAB.db.run(
                "CREATE TYPE public.bool AS ENUM ('t', 'maybe')",
                "CREATE DOMAIN public.odd AS public.bool",
                "CREATE DOMAIN public.odder AS public.odd",
                "CREATE TABLE public.two (a public.bool, b bool, c public.bool[], d bool[], e public.odder)",
                "INSERT INTO public.two VALUES ('maybe', true, '{t}', '{t}', 't')");
        assertThat(describe("SELECT * FROM public.two"))
                .extracting(Column::type)
                .containsExactly("public.bool", "boolean", "public.bool[]", "boolean[]", "public.bool");
        try (Connection connection = LAB.begin()) {
            Sql.one(connection, "SELECT set_config('search_path', 'public', true)");
            assertThat(DIALECT.describeQuery(connection, "SELECT a, b, c, d, e FROM two"))
                    .extracting(Column::kind)
                    .containsExactly("enum", "bool", "enum", "bool", "enum");
        }
    }

    @Test
    void is_not_run_when_it_is_described() throws SQLException {
        assertThat(describe("SELECT 1 / (n - n) AS a, n AS b, n AS b FROM generate_series(1, 2) AS n ORDER BY 1"))
                .extracting(Column::name)
                .containsExactly("a", "b", "b");
    }

    @Test
    void casts_a_text_back_without_cutting_it() throws SQLException {
        LAB.db.run(
                "DROP TABLE IF EXISTS public.one", "CREATE TABLE public.one (c char(4), b bit(4), t timestamptz(3))");
        LAB.db.run("INSERT INTO public.one VALUES ('abc', '0101', '2025-01-01 00:00:00.123+00')");
        try (Connection connection = LAB.begin()) {
            for (Column column : DIALECT.describeQuery(connection, "SELECT * FROM public.one")) {
                String text = DIALECT.text("o." + DIALECT.quote(column.name()), column);
                String back = DIALECT.cast("(SELECT " + text + " FROM public.one o)", column);
                String same = "SELECT (" + DIALECT.quote(column.name()) + " = " + back + ")::text FROM public.one";
                assertThat(Sql.one(connection, same)).as(column.name()).isEqualTo("true");
            }
        }
    }

    @Test
    void is_refused_when_it_is_no_query() throws SQLException {
        try (Connection connection = LAB.begin()) {
            assertThatThrownBy(() -> DIALECT.describeQuery(connection, "SET LOCAL DateStyle = 'ISO'"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageStartingWith("ERROR: syntax error");
        }
    }

    private static List<Column> describe(String sql) throws SQLException {
        try (Connection connection = LAB.begin()) {
            List<Column> columns = DIALECT.describeQuery(connection, sql);
            assertThat(DIALECT.describeQuery(HiddenDriver.hide(connection), sql))
                    .isEqualTo(columns);
            return columns;
        }
    }
}
