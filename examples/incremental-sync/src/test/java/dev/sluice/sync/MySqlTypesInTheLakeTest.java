package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.StreamClient;
import dev.sluice.jdbc.JdbcExtractor;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.testing.Database;
import dev.sluice.jdbc.testing.MariaDb;
import dev.sluice.jdbc.testing.MySql8;
import dev.sluice.jdbc.testing.MySqlServer;
import dev.sluice.lake.LocalLake;
import dev.sluice.transport.ApiKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Extremes of every type, from MySQL and MariaDB over the wire into DuckDB, and asked for there. */
class MySqlTypesInTheLakeTest {
    enum Server {
        MARIADB(MariaDb::shared),
        MYSQL_8(MySql8::shared);

        private final Supplier<MySqlServer> shared;

        Server(Supplier<MySqlServer> shared) {
            this.shared = shared;
        }
    }

    /**
     * A column, its values as MySQL takes them, and what the lake must answer for those that are not NULL there.
     *
     * @param asked an expression over the column {@code v}, whose text is compared
     */
    private record Case(String type, List<String> values, String asked, List<String> answers) {
        static Case of(String type, String asked, String... values) {
            return new Case(type, List.of(values), asked, List.of(values));
        }

        String value(int row) {
            return row < values.size() ? values.get(row) : "NULL";
        }

        Case answers(String... others) {
            return new Case(type, values, asked, List.of(others));
        }
    }

    private static final List<Case> CASES = List.of(
            Case.of("tinyint", "v", "-128", "127"),
            Case.of("tinyint(1)", "v", "0", "1", "5"),
            Case.of("mediumint unsigned", "v", "0", "16777215"),
            Case.of("int(8) unsigned zerofill", "v", "42").answers("42"),
            Case.of("bigint", "v", "-9223372036854775808", "9007199254740993", "9223372036854775807"),
            Case.of("bigint unsigned", "v::UBIGINT", "0", "18446744073709551615"),
            Case.of("decimal(65,30)", "v", "-99999999999999999999999999999999999.999999999999999999999999999999"),
            Case.of("decimal(38,10)", "v::DECIMAL(38,10)", "1234567890123456789012345678.0123456789", "-0.0000000001"),
            Case.of("float", "v::FLOAT", "123.456", "1e-37"),
            Case.of("double", "v::DOUBLE", "0.1", "2.2250738585072014e-308", "1.7976931348623157e+308"),
            Case.of("bit(1)", "v", "b'1'", "b'0'").answers("true", "false"),
            Case.of("bit(64)", "v::UBIGINT", "0xffffffffffffffff", "b'101'").answers("18446744073709551615", "5"),
            Case.of("year", "v", "0", "2155"),
            Case.of("date", "v::DATE", "'2025-02-14'", "'9999-12-31'", "'0000-00-00'", "'2025-02-00'", "'2025-02-31'")
                    .answers("2025-02-14", "9999-12-31"),
            Case.of("datetime(6)", "v::TIMESTAMP", "'2025-11-02 01:30:00.000001'", "'0000-00-00'")
                    .answers("2025-11-02 01:30:00.000001"),
            // The writer's zone is +05:30.
            Case.of("timestamp(6) NULL", "epoch_us(v::TIMESTAMPTZ)", "'2025-02-14 14:44:29.123456'", "'0000-00-00'")
                    .answers("1739524469123456"),
            Case.of("time", "v::INTERVAL", "'838:59:59'", "'-838:59:59'", "'00:00:00'")
                    .answers("838:59:59", "-838:59:59", "00:00:00"),
            Case.of("time(6)", "v", "'-00:00:00.000001'").answers("-00:00:00.000001"),
            Case.of("char(5)", "'<' || v || '>'", "'ab '").answers("<ab>"),
            Case.of("varchar(30)", "v", "concat('a\"b', char(92), 'c', char(10), 'é😀 ')", "''", "'NULL'", "char(0)")
                    .answers("a\"b\\c\né😀 ", "", "NULL", "\0"),
            Case.of("longtext CHARACTER SET latin1", "v", "'é€'").answers("é€"),
            Case.of("binary(4)", "hex(from_base64(v))", "0x00ff1000", "0x01").answers("00FF1000", "01000000"),
            Case.of("varbinary(9)", "hex(from_base64(v))", "0x00ff1000", "''").answers("00FF1000", ""),
            Case.of("longblob", "octet_length(from_base64(v))", "repeat(0x00ff, 50000)")
                    .answers("100000"),
            Case.of("enum('so so','good','')", "v", "'so so'", "''").answers("so so", ""),
            Case.of("set('a','b','c')", "v", "'c,a'", "''").answers("a,c", ""),
            Case.of("json", "v->>'$.a[1]'", "'{\"a\": [9007199254740993, \"é😀\"]}'")
                    .answers("é😀"),
            Case.of("json", "v->>'$.a[0]'", "'{\"a\": [9007199254740993, \"é😀\"]}'")
                    .answers("9007199254740993"),
            Case.of("geometry", "v", "ST_GeomFromText('POINT(1.5 2)')", "ST_GeomFromText('POINT(1 2)', 4326)")
                    .answers("POINT(1.5 2)", "SRID=4326;POINT(1 2)"),
            Case.of("polygon", "v", "ST_GeomFromText('POLYGON((0 0,1 0,1 1,0 0))')")
                    .answers("POLYGON((0 0,1 0,1 1,0 0))"));

    @TempDir
    Path folder;

    private LocalLake lake;

    @BeforeEach
    void open() {
        lake = LocalLake.builder()
                .file(folder.resolve("lake.duckdb"))
                .apiKey(Setup.KEY)
                .port(0)
                .start();
    }

    @AfterEach
    void close() {
        lake.close();
    }

    @ParameterizedTest
    @EnumSource
    void gives_back_every_value_when_the_lake_is_asked(Server server) {
        TableReport report;
        try (Database db = server.shared.get().newDatabase()) {
            db.run(create());
            report = sync(db);
        }
        assertThat(report.error()).isNull();
        for (int i = 0; i < CASES.size(); i++) {
            Case one = CASES.get(i);
            assertThat(ask(i, one.asked()))
                    .as("%s as %s", one.type(), one.asked())
                    .isEqualTo(one.answers());
        }
        assertThat(report.findings())
                .singleElement()
                .asString()
                .contains("VALUES_CHANGED", "3 of c13, 1 of c14, 1 of c15");
    }

    private TableReport sync(Database db) {
        try (StreamClient client = StreamClient.builder()
                .baseUrl(lake.baseUrl().toString())
                .apiKey(ApiKey.of(Setup.KEY))
                .build()) {
            return JdbcExtractor.builder(db.dataSource(), client)
                    .checkpoints(CheckpointStore.inMemory())
                    .table(TablePlan.of("extremes", "bronze.extremes")
                            .watermark("at")
                            .key("id"))
                    .build()
                    .syncOnce()
                    .tables()
                    .get(0);
        }
    }

    /** Without modes, for dates of no calendar are values as well. */
    private static String[] create() {
        List<String> all = new ArrayList<>();
        all.add("SET sql_mode = 'ALLOW_INVALID_DATES'");
        StringBuilder table = new StringBuilder("CREATE TABLE extremes (id int PRIMARY KEY, at timestamp NOT NULL");
        for (int i = 0; i < CASES.size(); i++) {
            table.append(", c").append(i).append(' ').append(CASES.get(i).type());
        }
        all.add(table + ")");
        int rows = CASES.stream().mapToInt(one -> one.values().size()).max().orElseThrow();
        for (int row = 0; row < rows; row++) {
            String[] values = new String[CASES.size()];
            int at = row;
            Arrays.setAll(values, i -> CASES.get(i).value(at));
            all.add("INSERT INTO extremes VALUES (" + row + ", '2025-01-01', " + String.join(", ", values) + ")");
        }
        return all.toArray(new String[0]);
    }

    /** What the expression is for each row that has a value, as text. */
    private List<String> ask(int column, String asked) {
        String sql = "SELECT CAST(" + asked + " AS VARCHAR) AS text FROM (SELECT id, c" + column + " AS v"
                + " FROM bronze.extremes) WHERE v IS NOT NULL ORDER BY id";
        Stream<Map<String, Object>> rows = lake.query(sql).stream();
        return rows.map(row -> String.valueOf(row.get("text"))).toList();
    }
}
