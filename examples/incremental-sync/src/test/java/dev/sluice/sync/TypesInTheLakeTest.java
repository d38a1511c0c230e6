package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.LocalLake;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Extremes of every type, from PostgreSQL over the wire into DuckDB, and asked for there. */
class TypesInTheLakeTest {
    /**
     * A column, its values as PostgreSQL takes them, and what the lake must answer for each.
     *
     * @param asked an expression over the column {@code v}, whose text is compared
     */
    private record Case(String type, List<String> values, String asked, List<String> answers) {
        static Case same(String type, String asked, String... values) {
            return new Case(type, List.of(values), asked, List.of(values));
        }

        Case answers(String... others) {
            return new Case(type, values, asked, List.of(others));
        }
    }

    private static final List<Case> CASES = List.of(
            Case.same("smallint", "v", "-32768", "32767"),
            Case.same("bigint", "v", "-9223372036854775808", "9007199254740993", "9223372036854775807"),
            Case.same("oid", "v::UINTEGER", "0", "4294967295"),
            Case.same("xid8", "v::UBIGINT", "0", "18446744073709551615"),
            Case.same("real", "v::FLOAT", "123.456", "1e-37", "NaN").answers("123.456", "1e-37", "nan"),
            Case.same("double precision", "v::DOUBLE", "0.1", "5e-324", "1.7976931348623157e+308", "-Infinity")
                    .answers("0.1", "5e-324", "1.7976931348623157e+308", "-inf"),
            Case.same(
                    "numeric(38,10)", "v::DECIMAL(38,10)", "1234567890123456789012345678.0123456789", "-0.0000000001"),
            Case.same("numeric", "v", "1" + "0".repeat(200) + "." + "7".repeat(200), "NaN", "Infinity"),
            Case.same("money", "v::DECIMAL(19,2)", "-92233720368547758.08", "1234.50"),
            Case.same("boolean", "v", "true", "false"),
            Case.same("text", "v", "a\"b\\c\nd\te'😀\u0001", "", "NULL", "\\N"),
            Case.same("char(3)", "'<' || v || '>'", "a").answers("<a  >"),
            Case.same("uuid", "v::UUID", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"),
            Case.same("bytea", "hex(from_base64(v))", "\\x00FF10", "\\x").answers("00FF10", ""),
            Case.same("date", "v::DATE", "2025-02-14", "0044-03-15 BC", "infinity", "-infinity", "12345-01-02")
                    .answers("2025-02-14", "0044-03-15 (BC)", "infinity", "-infinity", "12345-01-02"),
            Case.same("timestamp", "v::TIMESTAMP", "2025-02-14 14:44:29.123456", "infinity", "0044-03-15 01:02:03 BC")
                    .answers("2025-02-14 14:44:29.123456", "infinity", "0044-03-15 (BC) 01:02:03"),
            Case.same(
                            "timestamptz",
                            "epoch_us(v::TIMESTAMPTZ)",
                            "2025-02-14 14:44:29.123456+01",
                            "0044-03-15 01:02:03Z BC")
                    .answers("1739540669123456", "-63517820277000000"),
            Case.same("timestamptz", "v::TIMESTAMPTZ = 'infinity'::TIMESTAMPTZ", "infinity")
                    .answers("true"),
            Case.same("time", "v::TIME", "24:00:00", "01:02:03.000004"),
            Case.same("timetz", "v::TIMETZ = '01:02:03+05:30'::TIMETZ", "01:02:03+05:30")
                    .answers("true"),
            Case.same("interval", "v::INTERVAL", "1 year 2 mons 3 days 04:05:06.7", "-04:05:06")
                    .answers("1 year 2 months 3 days 04:05:06.7", "-04:05:06"),
            // DuckDB does not take the sign that PostgreSQL puts between days and hours of two signs.
            Case.same("interval", "v", "-1 days +02:03:04"),
            Case.same("json", "v", "{\"n\": 12345678901234567890123.4567, \"n\":1}"),
            Case.same("jsonb", "v->>'$.a[1]'", "{\"a\": [1, \"é\\n\"]}").answers("é\n"),
            Case.same("int[]", "v::INTEGER[][]", "{{1,NULL},{3,4}}").answers("[[1, NULL], [3, 4]]"),
            Case.same("text[]", "v::VARCHAR[]", "{a,NULL,\"NULL\"}").answers("[a, NULL, 'NULL']"),
            Case.same("numeric[]", "v::DECIMAL(30,4)[]", "{12345678901234567890123.4567}")
                    .answers("[12345678901234567890123.4567]"),
            Case.same("public.hstore", "v->>'$.b'", "\"a\"=>NULL, \"b\"=>\"c\"").answers("c"),
            Case.same("int4range", "v", "[1,5)"),
            Case.same("int4multirange", "v", "{[1,3),[5,9)}"),
            Case.same("bit(4)", "v::BIT", "0101"),
            Case.same("inet", "v", "10.0.0.1", "2001:db8::/32"),
            Case.same("macaddr8", "v", "08:00:2b:01:02:03:04:05"),
            Case.same("point", "v", "(1.5,2)"),
            Case.same("tsvector", "v", "'a':1 'b':2"),
            Case.same("pg_lsn", "v", "16/B374D848"),
            Case.same("xml", "v", "<a>1</a>"));

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

    @Test
    void gives_back_every_value_when_the_lake_is_asked() throws SQLException {
        Shop shop = Shop.open();
        shop.run(create());
        Setup setup = new Setup(folder)
                .api(lake.baseUrl())
                .database(shop.url())
                .tables("""
                tables:
                  - { source: public.extremes, destination: bronze.extremes, watermark: at, key: id }
                """)
                .write();

        assertThat(setup.run("sync").status()).isZero();

        for (int i = 0; i < CASES.size(); i++) {
            Case one = CASES.get(i);
            assertThat(ask(i, one.asked()))
                    .as("%s as %s", one.type(), one.asked())
                    .isEqualTo(one.answers());
        }
    }

    private static String create() {
        StringBuilder sql = new StringBuilder("CREATE EXTENSION hstore; CREATE TABLE extremes (id int PRIMARY KEY,"
                + " at timestamptz NOT NULL DEFAULT '2025-01-01Z'");
        for (int i = 0; i < CASES.size(); i++) {
            sql.append(", c").append(i).append(' ').append(CASES.get(i).type());
        }
        sql.append(");");
        long rows = CASES.stream().mapToInt(one -> one.values().size()).max().orElseThrow();
        for (int row = 0; row < rows; row++) {
            sql.append("INSERT INTO extremes (id) VALUES (").append(row).append(");");
            for (int i = 0; i < CASES.size(); i++) {
                List<String> values = CASES.get(i).values();
                if (row < values.size()) {
                    sql.append("UPDATE extremes SET c").append(i).append(" = '");
                    sql.append(values.get(row).replace("'", "''"))
                            .append("' WHERE id = ")
                            .append(row)
                            .append(';');
                }
            }
        }
        return sql.toString();
    }

    /** What the expression is for each row that has a value, as text. */
    private List<String> ask(int column, String asked) {
        String sql = "SELECT CAST(" + asked + " AS VARCHAR) AS text FROM (SELECT id, c" + column + " AS v"
                + " FROM bronze.extremes) WHERE v IS NOT NULL ORDER BY id";
        Stream<Map<String, Object>> rows = lake.query(sql).stream();
        return rows.map(row -> String.valueOf(row.get("text"))).toList();
    }
}
