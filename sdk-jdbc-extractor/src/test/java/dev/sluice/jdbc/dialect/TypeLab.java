package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.jdbc.HiddenDriver;
import dev.sluice.jdbc.TestDatabase;
import dev.sluice.row.JsonWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * Reads values of any type by COPY and by plain JDBC, as a user whose sessions are set to write them as oddly as they
 * can.
 */
final class TypeLab implements AutoCloseable {
    static final Dialect DIALECT = Dialect.postgresql();
    private static final AtomicInteger USERS = new AtomicInteger();

    final TestDatabase db = new TestDatabase();
    private final String user = "odd" + USERS.incrementAndGet();

    TypeLab() {
        db.run("CREATE ROLE " + user + " SUPERUSER LOGIN");
        for (String odd : List.of(
                "DateStyle = 'SQL, DMY'",
                "IntervalStyle = iso_8601",
                "bytea_output = escape",
                "extra_float_digits = -10",
                "TimeZone = 'Asia/Kolkata'",
                "standard_conforming_strings = off",
                "client_encoding = 'LATIN1'",
                "xmloption = document",
                "quote_all_identifiers = on",
                "array_nulls = off",
                "search_path = pg_catalog")) {
            db.run("ALTER ROLE " + user + " SET " + odd);
        }
    }

    /** Skips a test of what older servers do not know. */
    void assumeVersion(int major) {
        int version = Integer.parseInt(db.one("SHOW server_version_num")) / 10_000;
        assumeTrue(version >= major, "PostgreSQL " + version + " does not know what " + major + " does");
    }

    /** A connection with a transaction that has begun. */
    Connection begin() throws SQLException {
        Connection connection = db.dataSource(user).getConnection();
        DIALECT.begin(connection);
        return connection;
    }

    String json(String type, String value) throws SQLException {
        return json(type, value, TypePolicy.DEFAULT, new Losses());
    }

    /** The JSON of a value that is given as a literal's text. */
    String json(String type, String value, TypePolicy policy, Losses losses) throws SQLException {
        db.run(
                "DROP TABLE IF EXISTS public.one",
                "CREATE TABLE public.one (v " + type + ")",
                "INSERT INTO public.one VALUES ('" + value.replace("'", "''") + "')");
        return json(policy, losses);
    }

    /** The JSON of the first column of the only row of the table "one". */
    String json(TypePolicy policy, Losses losses) throws SQLException {
        List<String> rows = rows("public.one", "ctid", 1, policy, losses);
        assertSameText();
        assertThat(rows).hasSize(1);
        return rows.get(0);
    }

    /** All rows of a table in the order of its column n, each with commas between the values of the other columns. */
    List<String> rows(String table, TypePolicy policy) throws SQLException {
        return rows(table, "n", Integer.MAX_VALUE, policy, new Losses());
    }

    private List<String> rows(String table, String order, int first, TypePolicy policy, Losses losses)
            throws SQLException {
        try (Connection connection = begin()) {
            List<Column> columns = DIALECT.describe(connection, table).orElseThrow().columns().stream()
                    .filter(column -> !column.name().equals(order))
                    .limit(first)
                    .toList();
            List<String> values = columns.stream()
                    .map(column -> DIALECT.value("t." + DIALECT.quote(column.name()), column))
                    .toList();
            Query query = Query.of("SELECT " + String.join(", ", values) + " FROM " + table + " t ORDER BY t." + order);
            return bothWays(connection, query, columns, policy, losses);
        }
    }

    /** The rows of a query, their values with commas in between. */
    static List<String> bothWays(Connection connection, Query query, List<Column> columns) throws SQLException {
        return bothWays(connection, query, columns, TypePolicy.DEFAULT, new Losses());
    }

    private static List<String> bothWays(
            Connection connection, Query query, List<Column> columns, TypePolicy policy, Losses losses)
            throws SQLException {
        Losses plain = new Losses();
        Losses fast = new Losses();
        List<String> copied = read(connection, query, columns, policy, fast, CopyRows.class);
        Connection hidden = HiddenDriver.hide(connection);
        assertThat(read(hidden, query, columns, policy, plain, JdbcRows.class)).isEqualTo(copied);
        assertThat(plain.byColumn()).isEqualTo(fast.byColumn());
        fast.byColumn().forEach((column, times) -> LongStream.range(0, times).forEach(i -> losses.count(column)));
        return copied;
    }

    /** What is read in binary has the text that the server's own output function has for it. */
    private void assertSameText() throws SQLException {
        try (Connection connection = begin()) {
            Column column = DIALECT.describe(connection, "public.one")
                    .orElseThrow()
                    .columns()
                    .get(0);
            if (BinaryTypes.has(column)) {
                assertSameText(connection, column);
            }
        }
    }

    private static void assertSameText(Connection connection, Column column) throws SQLException {
        Query query = Query.of("SELECT " + DIALECT.value("t.v", column) + " FROM public.one t");
        try (Rows rows = DIALECT.rows(connection, query, List.of(column), TypePolicy.DEFAULT, new Losses())) {
            assertThat(rows.next()).isTrue();
            String text = rows.text(0);
            assertThat(rows.next()).isFalse();
            assertThat(text == null ? "" : text)
                    .isEqualTo(Sql.one(connection, "SELECT format('%s', v) FROM public.one"));
        }
    }

    private static List<String> read(
            Connection connection,
            Query query,
            List<Column> columns,
            TypePolicy policy,
            Losses losses,
            Class<? extends Rows> way)
            throws SQLException {
        List<String> all = new ArrayList<>();
        try (Rows rows = DIALECT.rows(connection, query, columns, policy, losses)) {
            assertThat(rows).isInstanceOf(way);
            while (rows.next()) {
                JsonWriter out = new JsonWriter(16);
                for (int i = 0; i < columns.size(); i++) {
                    rows.write(i, out);
                }
                all.add(strict(out.copy(0, out.size())));
            }
        }
        return all;
    }

    /** What is no UTF-8 is no JSON, and would be lost in a replacement character. */
    private static String strict(byte[] utf8) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new AssertionError("not UTF-8: " + HexFormat.of().formatHex(utf8), e);
        }
    }

    /**
     * Types, values and their JSON, each alone in {@link #json} elsewhere, here as columns of one row, of another that
     * is all NULL, and of two where every second is.
     */
    void checkInOneRow(Stream<Arguments> values) throws SQLException {
        List<Object[]> all = values.map(Arguments::get).toList();
        String columns = joined(all, ", ", i -> "c" + i + " " + all.get(i)[0]);
        db.run("DROP TABLE IF EXISTS public.wide", "CREATE TABLE public.wide (" + columns + ", n serial)");
        List<String> expected = new ArrayList<>();
        for (IntPredicate isNull : List.<IntPredicate>of(i -> false, i -> true, i -> i % 2 == 0, i -> i % 2 == 1)) {
            db.run("INSERT INTO public.wide VALUES ("
                    + joined(all, ", ", i -> isNull.test(i) ? "NULL" : literal(all, i)) + ")");
            expected.add(joined(all, ",", i -> isNull.test(i) ? "null" : (String) all.get(i)[2]));
        }
        assertThat(rows("public.wide", TypePolicy.DEFAULT)).isEqualTo(expected);
    }

    private static String literal(List<Object[]> all, int i) {
        return "'" + ((String) all.get(i)[1]).replace("'", "''") + "'";
    }

    private static String joined(List<Object[]> all, String between, IntFunction<String> part) {
        return IntStream.range(0, all.size()).mapToObj(part).collect(Collectors.joining(between));
    }

    @Override
    public void close() {
        db.close();
        // Roles are the server's, not the database's.
        try (TestDatabase other = new TestDatabase()) {
            other.run("DROP ROLE " + user);
        }
    }
}
