package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts that COPY has to escape, through a real PostgreSQL: what was put in comes out, by COPY and by plain JDBC. */
final class PostgresTextsTest {
    private static final ObjectMapper JACKSON = new ObjectMapper();
    private static final TypeLab LAB = new TypeLab();

    /** Every control character that a text may have, what COPY writes for them and for NULL, and what looks like it. */
    private static final List<String> NASTY = Stream.concat(
                    IntStream.rangeClosed(1, 0x20).mapToObj(Character::toString),
                    Stream.of(
                            "",
                            "\\",
                            "\\\\",
                            "\\N",
                            "\\\\N",
                            "\\.",
                            "N",
                            "\\n",
                            "\\t",
                            "\\b\\f\\v\\r",
                            "\\011",
                            "\\x9",
                            "\\\n",
                            "\\\t",
                            "\t\\",
                            "\n\\N\n",
                            "\r\n",
                            "a\tb\\",
                            "\u007F",
                            "\u0080",
                            "\u0085",
                            "\u2028",
                            "\uFEFF",
                            "\uFFFF",
                            "é",
                            "漢",
                            "😀",
                            "\"",
                            "\"\"",
                            "'",
                            "NULL",
                            "{}",
                            "{,}",
                            "\"a\\\"b\"",
                            "\u000B",
                            "\b\f\u000B\r\n\t\\"))
            .toList();

    @BeforeAll
    static void create_types() {
        LAB.db.run(
                "CREATE DOMAIN note AS text",
                "CREATE TYPE pair AS (a text, b text)",
                "CREATE TYPE texts AS RANGE (subtype = text, collation = \"C\")",
                "CREATE TYPE mood AS ENUM (E'tab\\tbed', E'new\\nline', E'\\\\N', E'\\u000B\\u0008\\u000C\\r', E'\"')",
                "CREATE EXTENSION citext",
                "CREATE EXTENSION hstore");
    }

    @AfterAll
    static void close() {
        LAB.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "varchar(40)", "public.note", "public.citext"})
    void comes_out_as_it_went_in_when_all_stand_in_one_row(String type) throws Exception {
        List<String> row = new ArrayList<>(NASTY);
        row.add(null);
        row.addAll(NASTY);
        row.add(0, null);
        row.add(null);
        create(row.stream().map(value -> type).toList());
        insert(row.stream().map(value -> "?::" + type).toList(), row);
        assertThat(texts(row())).isEqualTo(row);
    }

    @Test
    void comes_out_as_it_went_in_when_it_is_part_of_an_array() throws Exception {
        List<String> items = new ArrayList<>(NASTY);
        items.add(3, null);
        create(List.of("text[]", "text", "public.note[]", "text[]"));
        insert(
                List.of("?", "NULL", "?::text[]::public.note[]", "ARRAY[?::text[], ?::text[]]"),
                List.of(items, items, items, items));
        JsonNode row = row();
        assertThat(texts(row.get(0))).isEqualTo(items);
        assertThat(row.get(1).isNull()).isTrue();
        assertThat(texts(row.get(2))).isEqualTo(items);
        assertThat(texts(row.get(3).get(0))).isEqualTo(items);
        assertThat(texts(row.get(3).get(1))).isEqualTo(items);
    }

    @ParameterizedTest
    @CsvSource({"json, TEXT", "jsonb, TEXT", "json, EMBEDDED", "jsonb, EMBEDDED"})
    void comes_out_as_it_went_in_when_it_is_part_of_a_document(String type, TypePolicy.Documents form)
            throws Exception {
        String document = JACKSON.writeValueAsString(NASTY);
        create(List.of("text", type, type + "[]", type));
        insert(List.of("?", "?::" + type, "ARRAY[?::" + type + "]", "NULL"), List.of("\t\n", document, document));
        JsonNode row =
                row(LAB.rows("public.many", TypePolicy.DEFAULT.documents(form)).get(0));
        assertThat(row.get(0).textValue()).isEqualTo("\t\n");
        for (JsonNode value : List.of(row.get(1), row.get(2).get(0))) {
            boolean isText = form == TypePolicy.Documents.TEXT;
            assertThat(texts(isText ? JACKSON.readTree(value.textValue()) : value))
                    .isEqualTo(NASTY);
        }
    }

    @Test
    void comes_out_as_it_went_in_when_it_is_part_of_a_map() throws Exception {
        create(List.of("public.hstore"));
        insert(List.of("public.hstore(?::text[], ?::text[])"), List.of(NASTY, NASTY));
        JsonNode map = row().get(0);
        assertThat(map.size()).isEqualTo((int) NASTY.stream().distinct().count());
        NASTY.forEach(text -> assertThat(map.get(text).textValue()).isEqualTo(text));
    }

    /** These have a text of the server's making, which no cast strips. */
    @Test
    void comes_out_as_the_server_writes_it_when_its_type_has_quotes_of_its_own() throws Exception {
        create(List.of("public.pair", "public.texts", "public.pair[]"));
        insert(
                List.of(
                        "(x, x)::public.pair",
                        "public.texts(x, x || 'z')",
                        "ARRAY[(x, 'b')::public.pair]" + " FROM unnest(?::text[]) AS t (x)"),
                List.of(NASTY));
        String texts = LAB.db.one("SELECT json_agg(json_build_array(v0::text, v1::text, array_to_json(v2::text[]))"
                + " ORDER BY n) FROM public.many");
        List<String> rows = LAB.rows("public.many", TypePolicy.DEFAULT);
        assertThat(row(String.join(
                        ",", rows.stream().map(row -> "[" + row + "]").toList())))
                .hasSameSizeAs(NASTY)
                .isEqualTo(JACKSON.readTree(texts));
    }

    static Stream<Arguments> padded() {
        return Stream.of(
                arguments("char(4)", "\t\\N", "\t\\N "),
                arguments("char(3)", "\n", "\n  "),
                arguments("char(2)", "é", "é "),
                arguments("char(1)", "😀", "😀"),
                arguments("char(1)", "", " "),
                arguments("varchar(4)", "\\N  ", "\\N  "),
                arguments("name", "\t\u000B\\", "\t\u000B\\"),
                arguments("public.mood", "tab\tbed", "tab\tbed"),
                arguments("public.mood", "new\nline", "new\nline"),
                arguments("public.mood", "\\N", "\\N"),
                arguments("public.mood", "\u000B\b\f\r", "\u000B\b\f\r"),
                arguments("public.mood", "\"", "\""),
                arguments("xml", "<a>\t\n\\N</a>", "<a>\t\n\\N</a>"),
                arguments("\"char\"", "\\", "\\"),
                arguments("\"char\"", "\t", "\t"),
                arguments("tsvector", "'\t':1 '\\\\N':2", "'\t':1 '\\\\N':2"));
    }

    @ParameterizedTest
    @MethodSource("padded")
    void comes_out_as_its_type_has_it(String type, String value, String text) throws Exception {
        assertThat(row(LAB.json(type, value)).get(0).textValue()).isEqualTo(text);
        String array = "[" + LAB.json(type + "[]", "{NULL," + quoted(value) + "}") + "]";
        assertThat(texts(JACKSON.readTree(array).get(0))).isEqualTo(Arrays.asList(null, text));
    }

    private static String quoted(String element) {
        return '"' + element.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** One byte, which is a half of a character if that is of two: no UTF-8, and no JSON if it were let through. */
    @Test
    void is_utf8_when_a_type_of_one_byte_is_given_a_character_of_two() throws Exception {
        LAB.assumeVersion(16);
        assertThat(LAB.json("\"char\"", "é")).isEqualTo("\"\\\\303\"");
    }

    /** Where the server's or the driver's buffers end, and far beyond them. */
    @ParameterizedTest
    @ValueSource(ints = {4_096, 8_192, 16_384, 65_536, 1_000_000})
    void comes_out_as_it_went_in_when_what_is_escaped_stands_where_a_buffer_ends(int end) throws Exception {
        int rows = end > 65_536 ? 2 : 24;
        String unit = "\\\t😀\u000B";
        create(List.of("text", "text", "text"));
        List<List<String>> expected = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            String filled = "x".repeat(end - rows + i);
            List<String> row = Arrays.asList(filled + unit + "y", i % 2 == 0 ? null : "", unit.repeat(end / 5) + i);
            insert(List.of("?", "?", "?"), row);
            expected.add(row);
        }
        List<List<String>> read = new ArrayList<>();
        for (String row : LAB.rows("public.many", TypePolicy.DEFAULT)) {
            read.add(texts(row(row)));
        }
        assertThat(read).isEqualTo(expected);
    }

    /** The server changes it into UTF-8, and has escaped it before. */
    @ParameterizedTest
    @CsvSource({"LATIN1, é\u00A0ÿ", "LATIN2, łŐ", "EUC_JP, 漢字ソ表", "EUC_KR, 한글", "WIN1251, Ю"})
    void comes_out_as_it_went_in_when_the_database_has_another_encoding(String encoding, String letters)
            throws Exception {
        String name = "in_" + encoding.toLowerCase(Locale.ROOT);
        LAB.db.run("CREATE DATABASE " + name + " TEMPLATE template0 ENCODING '" + encoding + "' LOCALE 'C'");
        String port = LAB.db.one("SELECT current_setting('port')");
        String url = "jdbc:postgresql://localhost:" + port + "/" + name;
        String text = letters + "\\\t\n\u000B\\N" + letters;
        try (Connection connection = DriverManager.getConnection(url, "postgres", "postgres")) {
            TypeLab.DIALECT.begin(connection);
            Query query = new Query.Builder().sql("SELECT ").value(text).build();
            Column column = new Column("v", "text", "text", false, -1, true);
            assertThat(texts(row(
                            TypeLab.bothWays(connection, query, List.of(column)).get(0))))
                    .containsExactly(text);
        }
        LAB.db.run("DROP DATABASE " + name);
    }

    private static void create(List<String> types) {
        String columns = IntStream.range(0, types.size())
                .mapToObj(i -> "v" + i + " " + types.get(i))
                .collect(Collectors.joining(", "));
        LAB.db.run("DROP TABLE IF EXISTS public.many", "CREATE TABLE public.many (" + columns + ", n serial)");
    }

    /** The values are texts, or lists of them for arrays. */
    private static void insert(List<String> expressions, List<?> values) throws SQLException {
        String sql = "INSERT INTO public.many SELECT " + String.join(", ", expressions);
        try (Connection connection = LAB.db.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            int parameters = statement.getParameterMetaData().getParameterCount();
            for (int i = 0; i < parameters; i++) {
                Object value = values.get(i);
                if (value instanceof List<?> items) {
                    statement.setArray(i + 1, connection.createArrayOf("text", items.toArray()));
                } else {
                    statement.setString(i + 1, (String) value);
                }
            }
            statement.execute();
        }
    }

    private static JsonNode row() throws Exception {
        List<String> rows = LAB.rows("public.many", TypePolicy.DEFAULT);
        assertThat(rows).hasSize(1);
        return row(rows.get(0));
    }

    private static JsonNode row(String values) throws IOException {
        return JACKSON.readTree("[" + values + "]");
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.textValue()));
        return texts;
    }
}
