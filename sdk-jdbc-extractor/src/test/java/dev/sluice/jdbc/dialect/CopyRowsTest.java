package dev.sluice.jdbc.dialect;

import static dev.sluice.jdbc.dialect.TypeLab.DIALECT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.jdbc.HiddenDriver;
import dev.sluice.row.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CopyRowsTest {
    private static final Column TEXT = new Column("v", "text", "text", false, -1, true);

    private final TypeLab lab = new TypeLab();

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void gives_the_rows_of_plain_jdbc_when_there_are_many_of_all_shapes() throws SQLException {
        lab.db.run(
                "CREATE TABLE many AS SELECT i AS n, CASE WHEN i % 3 > 0 THEN repeat(chr(1 + i % 300), i % 7) END AS v,"
                        + " CASE WHEN i % 2 = 0 THEN E'\\\\\\t\\n' || i END AS w FROM generate_series(1, 3000) AS i");
        Query query = Query.of("SELECT v, w, n::text FROM public.many ORDER BY n");
        try (Connection connection = lab.begin()) {
            List<String> copied = all(connection, query);
            assertThat(copied).hasSize(3_000).doesNotHaveDuplicates();
            assertThat(all(HiddenDriver.hide(connection), query)).isEqualTo(copied);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "'",
                "\\",
                "''\\'",
                "\\'; SELECT 1; --",
                "E'",
                "?",
                "::text/*for JDBC*/",
                "$1",
                "é😀\n\t\u0001"
            })
    void finds_a_value_when_it_could_be_mistaken_for_sql(String value) throws SQLException {
        Query query = new Query.Builder()
                .sql("SELECT CAST(")
                .value(value)
                .sql(" AS text), '?' || (jsonb '[\"a\"]' ? 'a')")
                .build();
        try (Connection connection = lab.begin()) {
            for (String setting : new String[] {"on", "off"}) {
                run(connection, "SET LOCAL standard_conforming_strings = " + setting);
                for (Connection either : new Connection[] {connection, HiddenDriver.hide(connection)}) {
                    try (Rows rows = rows(either, query)) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.text(0)).isEqualTo(value);
                        assertThat(rows.text(1)).isEqualTo("?true");
                    }
                }
            }
        }
    }

    @Test
    void refuses_a_value_when_it_has_a_character_that_no_text_has() throws SQLException {
        Query query = new Query.Builder().sql("SELECT ").value("a\0b").build();
        try (Connection connection = lab.begin()) {
            assertThatThrownBy(() -> rows(connection, query))
                    .isInstanceOf(SourceException.class)
                    .hasMessageStartingWith("a value to search by has the character NUL");
        }
    }

    /** Few bytes are read to the end, many are cancelled; neither is seen in what comes after. */
    @ParameterizedTest
    @ValueSource(ints = {10, 1_000, 100_000})
    void leaves_the_transaction_usable_when_it_is_closed_in_its_midst(int length) throws SQLException {
        Query query = Query.of("SELECT repeat('x', " + length + ") FROM generate_series(1, 2000)");
        try (Connection connection = lab.begin()) {
            for (int i = 0; i < 20; i++) {
                try (Rows rows = rows(connection, query)) {
                    assertThat(rows.next()).isTrue();
                }
                // Slow enough for a cancellation that came late to hit it.
                assertThat(one(connection, "SELECT count(pg_sleep(0.005))::text"))
                        .isEqualTo("1");
                assertThat(one(connection, "SELECT date '2025-02-14'::text")).isEqualTo("2025-02-14");
                connection.rollback();
                DIALECT.begin(connection);
            }
        }
    }

    @Test
    void ends_and_stays_ended_when_there_are_no_more_rows() throws SQLException {
        try (Connection connection = lab.begin();
                Rows rows = rows(connection, Query.of("SELECT 'a' WHERE false"))) {
            assertThat(rows.next()).isFalse();
            assertThat(rows.next()).isFalse();
        }
    }

    @Test
    void says_nothing_of_the_values_when_the_database_fails_in_the_midst() throws SQLException {
        Query query = Query.of("SELECT 1 / (5000 - i), 1, i FROM generate_series(1, 9000) AS i");
        try (Connection connection = lab.begin()) {
            SQLException failure = catchThrowableOfType(SQLException.class, () -> all(connection, query));
            assertThat(SourceException.of("reading it", failure))
                    .hasMessage("reading it failed: the database could not work out a value of the table or view"
                            + " (SQLSTATE 22012)");
            assertThat(DIALECT.isTransient(failure)).isFalse();
            connection.rollback();
            DIALECT.begin(connection);
            assertThat(one(connection, "SELECT 'again'")).isEqualTo("again");
        }
    }

    @Test
    void is_worth_another_try_when_the_connection_or_the_time_is_gone() throws SQLException {
        Query endless = Query.of("SELECT i, pg_sleep(0.001), i FROM generate_series(1, 100000) AS i");
        try (Connection connection = lab.begin()) {
            run(connection, "SET LOCAL statement_timeout = 50");
            SQLException late = catchThrowableOfType(SQLException.class, () -> all(connection, endless));
            assertThat(late.getSQLState()).isEqualTo("57014");
            assertThat(DIALECT.isTransient(late)).isTrue();
        }
        try (Connection connection = lab.begin()) {
            String pid = one(connection, "SELECT pg_backend_pid()::text");
            SQLException lost = catchThrowableOfType(SQLException.class, () -> {
                try (Rows rows = rows(connection, endless)) {
                    assertThat(rows.next()).isTrue();
                    lab.db.run("SELECT pg_terminate_backend(" + pid + ")");
                    while (rows.next()) {}
                }
            });
            assertThat(DIALECT.isTransient(lost)).isTrue();
        }
    }

    /** As when a column is altered between the look at the table and the reading of it. */
    @Test
    void refuses_values_that_are_longer_than_their_type_and_leaves_the_transaction_usable() throws SQLException {
        Column number = new Column("n", "integer", "int4", false, -1, true);
        Query query = Query.of("SELECT i::bigint, repeat('x', 1000) FROM generate_series(1, 9000) AS i");
        try (Connection connection = lab.begin()) {
            assertThatThrownBy(() -> {
                        try (Rows rows =
                                DIALECT.rows(connection, query, List.of(number), TypePolicy.DEFAULT, new Losses())) {
                            rows.next();
                        }
                    })
                    .isInstanceOf(SourceException.class)
                    .hasMessageEndingWith("expected value 1 of a row to have 4 bytes, found 8");
            assertThat(one(connection, "SELECT 'again'")).isEqualTo("again");
        }
    }

    @Test
    void is_plain_jdbc_when_no_column_is_known() throws SQLException {
        try (Connection connection = lab.begin();
                Rows rows = DIALECT.rows(
                        connection, Query.of("SELECT 1, 2.5"), List.of(), TypePolicy.DEFAULT, new Losses())) {
            assertThat(rows).isInstanceOf(JdbcRows.class);
            assertThat(rows.next()).isTrue();
            assertThat(rows.text(1)).isEqualTo("2.5");
        }
    }

    @Test
    void is_plain_jdbc_when_the_database_does_not_know_its_own_encoding() throws SQLException {
        lab.db.run("CREATE DATABASE unencoded TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'");
        String url = lab.db.one("SELECT 'jdbc:postgresql://localhost:' || current_setting('port') || '/unencoded'");
        try (Connection connection = DriverManager.getConnection(url, "postgres", "postgres")) {
            DIALECT.begin(connection);
            try (Rows rows = rows(connection, Query.of("SELECT 'a'"))) {
                assertThat(rows).isInstanceOf(JdbcRows.class);
            }
        }
        lab.db.run("DROP DATABASE unencoded");
    }

    private static Rows rows(Connection connection, Query query) throws SQLException {
        return DIALECT.rows(connection, query, List.of(TEXT, TEXT), TypePolicy.DEFAULT, new Losses());
    }

    private static List<String> all(Connection connection, Query query) throws SQLException {
        List<String> all = new ArrayList<>();
        try (Rows rows = rows(connection, query)) {
            while (rows.next()) {
                JsonWriter out = new JsonWriter(16);
                rows.write(0, out);
                rows.write(1, out);
                all.add(new String(out.copy(0, out.size()), StandardCharsets.UTF_8) + rows.text(2));
            }
        }
        return all;
    }

    private static String one(Connection connection, String sql) throws SQLException {
        try (Rows rows = rows(connection, Query.of(sql))) {
            assertThat(rows.next()).isTrue();
            return String.valueOf(rows.text(0));
        }
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
