package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.jdbc.HiddenDriver;
import dev.sluice.jdbc.TestDatabase;
import dev.sluice.row.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

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

    /** The JSON of the only column of the only row of the table "one". */
    String json(TypePolicy policy, Losses losses) throws SQLException {
        try (Connection connection = begin()) {
            Column column = DIALECT.describe(connection, "public.one")
                    .orElseThrow()
                    .columns()
                    .get(0);
            Query query = Query.of("SELECT " + DIALECT.value("t.v", column) + " FROM public.one t");
            String copied = read(connection, query, column, policy, losses, CopyRows.class);
            Connection hidden = HiddenDriver.hide(connection);
            assertThat(read(hidden, query, column, policy, new Losses(), JdbcRows.class))
                    .isEqualTo(copied);
            return copied;
        }
    }

    private static String read(
            Connection connection,
            Query query,
            Column column,
            TypePolicy policy,
            Losses losses,
            Class<? extends Rows> way)
            throws SQLException {
        try (Rows rows = DIALECT.rows(connection, query, List.of(column), policy, losses)) {
            assertThat(rows).isInstanceOf(way);
            assertThat(rows.next()).isTrue();
            JsonWriter out = new JsonWriter(16);
            rows.write(0, out);
            assertThat(rows.next()).isFalse();
            return new String(out.copy(0, out.size()), StandardCharsets.UTF_8);
        }
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
