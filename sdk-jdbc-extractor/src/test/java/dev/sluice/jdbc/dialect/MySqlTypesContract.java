package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.jdbc.testing.Database;
import dev.sluice.jdbc.testing.MySqlServer;
import dev.sluice.row.JsonWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A value of each type, through a real server, and the JSON it must become. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MySqlTypesContract {
    private static final Dialect DIALECT = Dialect.mysql();
    private static final ObjectMapper JACKSON = new ObjectMapper();

    private Database db;

    abstract MySqlServer server();

    @BeforeAll
    void open() {
        db = server().newDatabase();
    }

    @AfterAll
    void close() {
        if (db != null) {
            db.close();
        }
    }

    Stream<Arguments> values() {
        return Stream.of(
                arguments("tinyint", "-128", "-128"),
                arguments("tinyint(1)", "2", "2"),
                arguments("smallint unsigned", "65535", "65535"),
                arguments("mediumint", "-8388608", "-8388608"),
                arguments("int", "-2147483648", "-2147483648"),
                arguments("int(8) zerofill", "42", "42"),
                arguments("int(8) zerofill", "0", "0"),
                arguments("bigint", "-9223372036854775808", "-9223372036854775808"),
                arguments("bigint unsigned", "18446744073709551615", "18446744073709551615"),
                arguments("year", "2025", "2025"),
                arguments("year", "0", "0"),
                arguments(
                        "decimal(65,30)",
                        "-99999999999999999999999999999999999.999999999999999999999999999999",
                        "\"-99999999999999999999999999999999999.999999999999999999999999999999\""),
                arguments("decimal(20,4)", "123.45", "\"123.4500\""),
                arguments("decimal(8,2) zerofill", "0.5", "\"0.50\""),
                arguments("decimal(8,2) zerofill", "12.5", "\"12.50\""),
                arguments("float", "123.456", "123.456"),
                arguments("float", "16777216", "1.6777216E7"),
                arguments("float", "3.402823466e38", "3.4028235E38"),
                arguments("float", "1e-37", "1.0E-37"),
                arguments("float(7,4)", "0.1", "0.1"),
                arguments("double", "0.1", "0.1"),
                arguments("double", "1.7976931348623157e308", "1.7976931348623157e308"),
                arguments("double", "2.2250738585072014e-308", "2.2250738585072014e-308"),
                arguments("double", "-0e0", "-0"),
                arguments("double", "9007199254740993", "9.007199254740992e15"),
                arguments("double(10,3)", "1.5", "1.5"),
                arguments("bit(1)", "b'1'", "true"),
                arguments("bit(1)", "b'0'", "false"),
                arguments("bit(10)", "b'1000000001'", "513"),
                arguments("bit(64)", "0xffffffffffffffff", "18446744073709551615"),
                arguments("date", "'2025-02-14'", "\"2025-02-14\""),
                arguments("date", "'9999-12-31'", "\"9999-12-31\""),
                arguments("date", "'0000-00-00'", "null"),
                arguments("date", "'2025-00-00'", "null"),
                arguments("date", "'2025-02-31'", "null"),
                arguments("date", "'2024-02-29'", "\"2024-02-29\""),
                arguments("datetime", "'2025-02-14 14:44:29'", "\"2025-02-14T14:44:29\""),
                arguments("datetime(3)", "'2025-02-14 14:44:29.120'", "\"2025-02-14T14:44:29.120\""),
                arguments("datetime(6)", "'2025-11-02 01:30:00.000001'", "\"2025-11-02T01:30:00.000001\""),
                arguments("datetime", "'0000-00-00'", "null"),
                arguments("datetime", "'2025-01-00 01:02:03'", "null"),
                // The writer's zone is +05:30.
                arguments("timestamp", "'2025-02-14 14:44:29'", "\"2025-02-14T09:14:29Z\""),
                arguments("timestamp(6)", "'2025-02-14 14:44:29.123456'", "\"2025-02-14T09:14:29.123456Z\""),
                arguments("timestamp", "'1970-01-01 05:30:01'", "\"1970-01-01T00:00:01Z\""),
                arguments("timestamp", "'0000-00-00'", "null"),
                arguments("time", "'-838:59:59'", "\"-838:59:59\""),
                arguments("time(6)", "'838:59:58.000001'", "\"838:59:58.000001\""),
                arguments("time(3)", "'-00:00:00.5'", "\"-00:00:00.500\""),
                arguments("char(5)", "'ab '", "\"ab\""),
                arguments("varchar(5)", "'ab '", "\"ab \""),
                arguments("varchar(20)", "concat('a\"b', char(92), 'c', char(10), 'é😀')", "\"a\\\"b\\\\c\\né😀\""),
                arguments("varchar(5) CHARACTER SET latin1", "'é€'", "\"é€\""),
                arguments("varchar(5) CHARACTER SET utf8", "'é漢'", "\"é漢\""),
                arguments("varchar(5) CHARACTER SET ucs2", "'é漢'", "\"é漢\""),
                arguments("varchar(5) CHARACTER SET utf16", "'é😀'", "\"é😀\""),
                arguments("varchar(5) CHARACTER SET sjis", "'漢'", "\"漢\""),
                arguments("varchar(5) COLLATE utf8mb4_bin", "'😀'", "\"😀\""),
                arguments("longtext", "''", "\"\""),
                arguments("tinytext", "'t'", "\"t\""),
                arguments("char(3) CHARACTER SET binary", "'a'", "\"YQAA\""),
                arguments("text CHARACTER SET binary", "'a'", "\"YQ==\""),
                arguments("binary(4)", "0x00ff10", "\"AP8QAA==\""),
                arguments("varbinary(4)", "0x00ff1000", "\"AP8QAA==\""),
                arguments("blob", "0x00ff", "\"AP8=\""),
                arguments("longblob", "''", "\"\""),
                arguments("enum('so so','good','')", "'so so'", "\"so so\""),
                arguments("set('a','b','c')", "'c,a'", "\"a,c\""),
                arguments("geometry", "ST_GeomFromText('POINT(1.5 2)')", "\"POINT(1.5 2)\""),
                arguments("point", "ST_GeomFromText('POINT(1 2)', 4326)", "\"SRID=4326;POINT(1 2)\""),
                arguments("linestring", "NULL", "null"),
                arguments("bigint", "NULL", "null"),
                arguments("blob", "NULL", "null"),
                arguments("bit(1)", "NULL", "null"),
                arguments("datetime", "NULL", "null"));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("values")
    void becomes_its_json_when_read(String type, String value, String json) throws Exception {
        create(type, value);
        assertThat(read(TypePolicy.DEFAULT, "")).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "&tinyInt1isBit=false&yearIsDateType=false",
                "&useServerPrepStmts=true",
                "&useServerPrepStmts=true&tinyInt1isBit=false&yearIsDateType=false&zeroDateTimeBehavior=ROUND",
                "&useCursorFetch=true&defaultFetchSize=1",
                "&connectionTimeZone=-05:00&forceConnectionTimeZoneToSession=true",
                "&connectionTimeZone=Asia/Tokyo&preserveInstants=false&sendFractionalSeconds=false",
                "&zeroDateTimeBehavior=CONVERT_TO_NULL&blobsAreStrings=true&functionsNeverReturnBlobs=true",
                "&characterSetResults=latin1&noDatetimeStringSync=true&jdbcCompliantTruncation=false",
                "&sessionVariables=sql_mode='ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH'",
                "&sessionVariables=sql_mode='TRADITIONAL',sql_select_limit=0,time_zone='-08:00'"
            })
    void becomes_the_same_json_whatever_the_driver_is_set_to(String settings) throws Exception {
        List<Arguments> all = values().toList();
        List<String> columns = new ArrayList<>();
        List<String> literals = new ArrayList<>();
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < all.size(); i++) {
            columns.add(
                    "c" + i + " " + all.get(i).get()[0] + (all.get(i).get()[0].equals("timestamp") ? " NULL" : ""));
            literals.add((String) all.get(i).get()[1]);
            expected.append(i == 0 ? "" : ",").append(all.get(i).get()[2]);
        }
        db.run("DROP TABLE IF EXISTS one", "CREATE TABLE one (" + String.join(", ", columns) + ")");
        insert(String.join(", ", literals));
        assertThat(read(TypePolicy.DEFAULT, settings)).isEqualTo(expected.toString());
    }

    /** Its statements are prepared, and what is read are Strings. */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("values")
    void becomes_the_same_json_through_another_driver(String type, String value, String json) throws Exception {
        create(type, value);
        try (Connection connection = OtherDriver.hide(db.dataSource().getConnection())) {
            assertThat(read(connection, TypePolicy.DEFAULT, new Losses())).isEqualTo(json);
        }
    }

    /** Half of a surrogate pair, which this character set lets in and hands out as what looks like UTF-8. */
    @Test
    void becomes_a_replacement_character_when_it_is_none() throws Exception {
        create("varchar(9) CHARACTER SET ucs2", "_ucs2 X'0061D8000062'");
        assertThat(read(TypePolicy.DEFAULT, "")).isEqualTo("\"a\uFFFDb\"");
        try (Connection connection = OtherDriver.hide(db.dataSource().getConnection())) {
            assertThat(read(connection, TypePolicy.DEFAULT, new Losses())).isEqualTo("\"a\uFFFDb\"");
        }
    }

    /** A backslash, quotes and control characters in what is looked for, in a mode that takes the first for an escape. */
    @Test
    void finds_a_text_of_any_characters() throws Exception {
        for (String text : List.of("a'b", "a\\'b", "a\\\\b", "''", "\\", "a\nb\u0000c", "\"é😀\\\"", "a?{b}")) {
            create("varchar(20)", "0x" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)));
            try (Connection connection = db.dataSource().getConnection()) {
                DIALECT.begin(connection);
                assertThat(found(connection, column(connection))).as(text).isEqualTo("1");
            }
        }
    }

    @Test
    void is_a_boolean_when_the_policy_says_so_of_tinyint1() throws Exception {
        create("tinyint(1)", "5");
        assertThat(read(TypePolicy.DEFAULT.tinyintBoolean(true), "")).isEqualTo("true");
        create("tinyint(2)", "5");
        assertThat(read(TypePolicy.DEFAULT.tinyintBoolean(true), "")).isEqualTo("5");
    }

    @Test
    void sends_counts_or_refuses_a_zero_date_as_the_policy_says() throws Exception {
        create("datetime", "'0000-00-00'");
        TypePolicy text = TypePolicy.DEFAULT.zeroDates(TypePolicy.Odd.TEXT);
        assertThat(read(text, "")).isEqualTo("\"0000-00-00 00:00:00\"");
        Losses losses = new Losses();
        assertThat(read(TypePolicy.DEFAULT, "", losses)).isEqualTo("null");
        assertThat(losses.byColumn()).isEqualTo(Map.of("v", 1L));
        TypePolicy fail = TypePolicy.DEFAULT.zeroDates(TypePolicy.Odd.FAIL);
        assertThatThrownBy(() -> read(fail, "")).hasMessageContaining("column v (datetime)");
    }

    @Test
    void takes_the_text_of_every_ordered_value_back_to_its_row() throws Exception {
        for (Arguments one : values().toList()) {
            create((String) one.get()[0], (String) one.get()[1]);
            try (Connection connection = db.dataSource().getConnection()) {
                DIALECT.begin(connection);
                Column column = column(connection);
                boolean isNull = one.get()[1].equals("NULL");
                if (DIALECT.isOrdered(column) && !isNull) {
                    assertThat(found(connection, column))
                            .as(one.get()[0] + " " + one.get()[1])
                            .isEqualTo("1");
                }
            }
        }
    }

    private static String found(Connection connection, Column column) throws Exception {
        Query text = Query.of("SELECT " + DIALECT.text("v", column) + " FROM one");
        String value = first(connection, text);
        Query equal = new Query.Builder()
                .sql("SELECT count(*) FROM one WHERE v = ")
                .value(value, column, DIALECT)
                .sql(" AND v >= ")
                .value(value, column, DIALECT)
                .build();
        return first(connection, equal);
    }

    private static String first(Connection connection, Query query) throws Exception {
        try (Rows rows = DIALECT.rows(connection, query, List.of(), TypePolicy.DEFAULT, new Losses())) {
            rows.next();
            return rows.text(0);
        }
    }

    @Test
    void takes_json_back_to_what_the_database_understands() {
        assertThat(DIALECT.unwritten("AP8=", column("varbinary", "varbinary(3)")))
                .isEqualTo("00ff");
        assertThat(DIALECT.unwritten("true", column("bit", "bit(1)"))).isEqualTo("1");
        assertThat(DIALECT.unwritten("2025-01-02T03:04:05.5Z", column("timestamp", "timestamp(1)")))
                .isEqualTo("2025-01-02 03:04:05.5");
        assertThatThrownBy(() -> DIALECT.unwritten("a", column("enum", "enum('a')")))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("cannot be looked up by v");
    }

    @ParameterizedTest
    @ValueSource(strings = {"longtext", "varchar(400)", "text CHARACTER SET utf16"})
    void gives_random_text_back(String type) throws Exception {
        List<String> texts = new ArrayList<>();
        Random random = new Random(type.length());
        for (int i = 0; i < 40; i++) {
            texts.add(randomText(random));
        }
        String columns = IntStream.range(0, texts.size())
                .mapToObj(i -> "c" + i + " " + type)
                .collect(Collectors.joining(", "));
        db.run("DROP TABLE IF EXISTS one", "CREATE TABLE one (doc json, " + columns + ")");
        String document = JACKSON.writeValueAsString(texts);
        insert(document, texts);
        TypePolicy embedded = TypePolicy.DEFAULT.documents(TypePolicy.Documents.EMBEDDED);
        for (TypePolicy policy : List.of(TypePolicy.DEFAULT, embedded)) {
            JsonNode row = JACKSON.readTree("[" + read(policy, "") + "]");
            JsonNode read = row.get(0).isTextual() ? JACKSON.readTree(row.get(0).textValue()) : row.get(0);
            assertThat(read).isEqualTo(JACKSON.readTree(document));
            for (int i = 0; i < texts.size(); i++) {
                assertThat(row.get(i + 1).textValue()).as("text " + i).isEqualTo(texts.get(i));
            }
        }
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        int[] bounds = {0x20, 0x80, 0x800, 0x10000, 0x110000};
        for (int length = random.nextInt(100); length > 0; length--) {
            int point = random.nextInt(bounds[random.nextInt(bounds.length)]);
            boolean half = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
            text.appendCodePoint(half ? '\\' : point);
        }
        return text.toString();
    }

    private void insert(String document, List<String> texts) throws Exception {
        String sql = "INSERT INTO one VALUES (?" + ", ?".repeat(texts.size()) + ")";
        try (Connection connection = db.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, document);
            for (int i = 0; i < texts.size(); i++) {
                statement.setString(i + 2, texts.get(i));
            }
            statement.execute();
        }
    }

    void create(String type, String value) {
        String nullable = type.startsWith("timestamp") ? " NULL" : "";
        db.run("DROP TABLE IF EXISTS one", "CREATE TABLE one (v " + type + nullable + ")");
        insert(value);
    }

    /** Without modes, for zero dates are values as well. */
    private void insert(String values) {
        try (Connection connection = db.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("SET sql_mode = 'ALLOW_INVALID_DATES', time_zone = '+05:30'");
            statement.execute("INSERT INTO one VALUES (" + values + ")");
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(values, e);
        }
    }

    String read(TypePolicy policy, String settings) throws Exception {
        return read(policy, settings, new Losses());
    }

    /** The values of the one row, with commas in between. */
    private String read(TypePolicy policy, String settings, Losses losses) throws Exception {
        try (Connection connection = DriverManager.getConnection(db.url("root") + settings)) {
            return read(connection, policy, losses);
        }
    }

    private static String read(Connection connection, TypePolicy policy, Losses losses) throws Exception {
        DIALECT.begin(connection);
        List<Column> columns = DIALECT.describe(connection, "one").orElseThrow().columns();
        List<String> selected = columns.stream()
                .map(column -> DIALECT.value("t." + DIALECT.quote(column.name()), column))
                .toList();
        Query query = Query.of("SELECT " + String.join(", ", selected) + " FROM one t");
        try (Rows rows = DIALECT.rows(connection, query, columns, policy, losses)) {
            rows.next();
            JsonWriter out = new JsonWriter(16);
            for (int i = 0; i < columns.size(); i++) {
                rows.write(i, out);
            }
            // A strict decoder: what is no UTF-8 must not have been written.
            ByteBuffer json = ByteBuffer.wrap(out.copy(0, out.size()));
            return StandardCharsets.UTF_8.newDecoder().decode(json).toString();
        }
    }

    private static Column column(Connection connection) throws Exception {
        return DIALECT.describe(connection, "one").orElseThrow().columns().get(0);
    }

    private static Column column(String kind, String type) {
        return new Column("v", type, kind, false, -1, false);
    }
}
