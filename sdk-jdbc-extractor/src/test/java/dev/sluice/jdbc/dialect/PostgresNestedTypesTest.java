package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Arrays, documents and maps, through a real PostgreSQL, and the JSON they must become. */
final class PostgresNestedTypesTest {
    private static final TypeLab LAB = new TypeLab();

    @BeforeAll
    static void create_types() {
        LAB.db.run(
                "CREATE TYPE mood AS ENUM ('so so', 'good')",
                "CREATE DOMAIN percent AS numeric(5,2)",
                "CREATE DOMAIN flag AS boolean",
                "CREATE DOMAIN flags AS flag",
                "CREATE DOMAIN ints AS int[]",
                "CREATE DOMAIN lists AS ints[]",
                "CREATE DOMAIN cash AS money",
                "CREATE TYPE pair AS (a int, b text)",
                "CREATE EXTENSION hstore");
    }

    @AfterAll
    static void close() {
        LAB.close();
    }

    static Stream<Arguments> values() {
        return Stream.of(
                arguments("int[]", "{1,NULL,-3}", "[1,null,-3]"),
                arguments("int[]", "{}", "[]"),
                arguments("int[]", "[0:1]={7,8}", "[7,8]"),
                arguments("text[]", "{{a,\"b,}\"},{\"NULL\",NULL}}", "[[\"a\",\"b,}\"],[\"NULL\",null]]"),
                arguments("text[]", "{\"q\\\"\\\\\",\"\"}", "[\"q\\\"\\\\\",\"\"]"),
                arguments("numeric(6,2)[]", "{1.5,NaN}", "[\"1.50\",\"NaN\"]"),
                arguments("boolean[]", "{t,f}", "[true,false]"),
                arguments("timestamptz[]", "{2025-01-01 00:00:00+00}", "[\"2025-01-01T00:00:00Z\"]"),
                arguments("bytea[]", "{\"\\\\x00ff\"}", "[\"AP8=\"]"),
                arguments("public.percent[]", "{1,2}", "[\"1.00\",\"2.00\"]"),
                arguments("public.flags[]", "{t,f}", "[true,false]"),
                arguments("money[]", "{1234.50,NULL}", "[\"1234.50\",null]"),
                arguments("public.mood[]", "{\"so so\"}", "[\"so so\"]"),
                arguments("box[]", "{(1,1),(0,0);(2,2),(1,1)}", "[\"(1,1),(0,0)\",\"(2,2),(1,1)\"]"),
                arguments("date[]", "{0044-03-15 BC,infinity,NULL}", "[\"-0043-03-15\",\"infinity\",null]"),
                arguments(
                        "jsonb[]",
                        "{\"{\\\"a\\\": [1, null]}\",null,\"null\"}",
                        "[\"{\\\"a\\\": [1, null]}\",null,\"null\"]"),
                arguments("public.hstore[]", "{\"\\\"a\\\"=>\\\"1\\\"\",NULL}", "[{\"a\":\"1\"},null]"),
                arguments("public.ints[]", "{\"{1,2}\",\"{3,NULL}\",NULL}", "[[1,2],[3,null],null]"),
                arguments("public.ints", "{{1},{2}}", "[[1],[2]]"),
                arguments("public.lists", "{\"{1,2}\"}", "[[1,2]]"),
                arguments("public.lists[]", "{\"{\\\"{1,2}\\\",\\\"{3}\\\"}\"}", "[[[1,2],[3]]]"),
                arguments("public.pair[]", "{\"(1,\\\"x y\\\")\",\"(,)\"}", "[\"(1,\\\"x y\\\")\",\"(,)\"]"),
                arguments("int[]", "[-2:-1][3:4]={{1,2},{3,NULL}}", "[[1,2],[3,null]]"),
                arguments("int[]", "{{{1},{2}},{{3},{4}}}", "[[[1],[2]],[[3],[4]]]"),
                arguments(
                        "text[]",
                        "{NULL,\"NULL\",null,\"\",x y,\"\\\\N\",\"a\tb\"}",
                        "[null,\"NULL\",null,\"\",\"x y\",\"\\\\N\",\"a\\tb\"]"),
                arguments("float8[]", "{1.5,NaN,-Infinity}", "[1.5,\"NaN\",\"-Infinity\"]"),
                arguments("bigint[]", "{9223372036854775807}", "[9223372036854775807]"),
                arguments("time[]", "{24:00:00}", "[\"24:00:00\"]"),
                arguments("interval[]", "{1 day}", "[\"1 day\"]"),
                arguments("inet[]", "{10.0.0.1}", "[\"10.0.0.1\"]"),
                arguments("uuid[]", "{}", "[]"),
                arguments("int4range[]", "{\"[1,2)\",empty}", "[\"[1,2)\",\"empty\"]"),
                arguments("varchar(3)[]", "{ab}", "[\"ab\"]"),
                arguments("char(3)[]", "{ab}", "[\"ab \"]"),
                arguments("bit(3)[]", "{101}", "[\"101\"]"),
                arguments("point[]", "{\"(1,2)\"}", "[\"(1,2)\"]"),
                arguments("timestamp(0)[]", "{2025-01-01 00:00:00}", "[\"2025-01-01T00:00:00\"]"),
                arguments("public.cash[]", "{12.30}", "[\"12.30\"]"),
                arguments("int2vector[]", "{\"1 2\"}", "[\"1 2\"]"),
                arguments("public.hstore", "a=>1,b=>NULL", "{\"a\":\"1\",\"b\":null}"),
                arguments("public.hstore", "", "{}"),
                arguments(
                        "public.hstore",
                        "\"a\\\"b\"=>\"c\\\\d\", \"\"=>\"\", \"n\"=>\"NULL\", \"x, y\"=>\"=>, é\"",
                        "{\"\":\"\",\"n\":\"NULL\",\"a\\\"b\":\"c\\\\d\",\"x, y\":\"=>, é\"}"));
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
    void is_part_of_the_row_when_documents_are_embedded() throws Exception {
        TypePolicy policy = TypePolicy.DEFAULT.documents(TypePolicy.Documents.EMBEDDED);
        String odd = " {\"a\":\n\t[1.10, \"x\\n\"]} ";
        assertThat(LAB.json("json", odd, policy, new Losses())).isEqualTo(odd);
        assertThat(LAB.json("jsonb", "{\"a\":\"é\\\\\"}", policy, new Losses())).isEqualTo("{\"a\": \"é\\\\\"}");
        assertThat(LAB.json("jsonb[]", "{\"{\\\"a\\\": 1}\",null,\"null\"}", policy, new Losses()))
                .isEqualTo("[{\"a\": 1},null,null]");
        assertThat(LAB.json("json", "\"text\"", policy, new Losses())).isEqualTo("\"text\"");
    }
}
