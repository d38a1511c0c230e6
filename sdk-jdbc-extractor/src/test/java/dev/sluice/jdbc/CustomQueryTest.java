package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.source.TablePlan;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Queries that are read like tables. */
final class CustomQueryTest {
    private final TestSync sync = new TestSync();

    @BeforeEach
    void create_tables() {
        sync.db.run(
                "CREATE TABLE a (id serial PRIMARY KEY, price numeric(10,2), flags bool[], updated_at timestamptz NOT NULL)",
                "CREATE TABLE b (a int REFERENCES a, note text, updated_at timestamptz NOT NULL)",
                "INSERT INTO a SELECT i, i / 2.0, '{t,f}', now() - interval '1 hour' FROM generate_series(1, 30) i",
                "INSERT INTO b SELECT i, 'why?', now() - interval '30 minutes' FROM generate_series(1, 30) i");
    }

    @AfterEach
    void close() {
        sync.close();
    }

    private static TablePlan plan(String sql) {
        return TablePlan.query("joined", sql, "bronze.joined")
                .watermark("changed")
                .key("id");
    }

    private static final String JOIN =
            "SELECT a.id, price, flags, note, greatest(a.updated_at, b.updated_at) AS changed"
                    + " FROM a JOIN b ON b.a = a.id WHERE note = 'why?' AND note <> $q$it's? $q$ -- joins?\n ; ; ";

    @Test
    void reads_a_join_in_pages() {
        assertThat(sync.sync(7, plan(JOIN)).rows()).isEqualTo(30);
        assertThat(sync.lake.values("id")).hasSize(30).doesNotHaveDuplicates();
        assertThat(sync.lake.rows().get(2).toString())
                .startsWith("{\"id\":3,\"price\":\"1.50\",\"flags\":[true,false],\"note\":\"why?\",\"changed\":\"20");
        assertThat(sync.checkpoint().source()).isEqualTo("joined");
    }

    @Test
    void reads_changed_rows_again_and_a_filter_of_it() {
        TablePlan plan = plan(JOIN).filter("id <> 5");
        sync.sync(7, plan);
        sync.db.run("UPDATE b SET updated_at = now() WHERE a IN (5, 6)");
        sync.waitForHorizon();
        assertThat(sync.sync(7, plan).rows()).isEqualTo(1);
        assertThat(sync.lake.values("id")).hasSize(30).endsWith("6");
    }

    @Test
    void knows_operators_from_placeholders() {
        String sql = "SELECT id, ('{\"k\":1}'::jsonb ? 'k') AS \"has ?\", /* ? */ '?' AS q, E'it\\'s ?' AS e,"
                + " updated_at AS changed FROM a;";
        assertThat(sync.rows(plan(sql)).get(0).toString())
                .startsWith("{\"id\":1,\"has ?\":true,\"q\":\"?\",\"e\":\"it's ?\"");
    }

    @Test
    void reads_columns_whose_names_have_question_marks() {
        sync.db.run("ALTER TABLE a ADD \"sure?\" text DEFAULT 'yes'");
        assertThat(sync.rows(TablePlan.of("a", "bronze.a")
                                .watermark("updated_at")
                                .key("id"))
                        .get(0)
                        .path("sure?")
                        .asText())
                .isEqualTo("yes");
    }

    @Test
    void knows_the_resolution_of_times() throws SQLException {
        String sql = "SELECT now()::timestamptz(0) AS a, now()::timestamp(3) AS b, now()::timestamptz AS c";
        try (Connection connection = sync.db.dataSource().getConnection()) {
            List<Column> columns = Dialect.postgresql().describeQuery(connection, sql);
            assertThat(columns).extracting(Column::kind).containsExactly("timestamptz", "timestamp", "timestamptz");
            assertThat(columns.subList(0, 2)).extracting(Column::modifier).containsExactly(0, 3);
        }
    }

    @Test
    void refuses_the_checkpoint_of_another_query() {
        sync.rows(plan(JOIN));
        assertThat(sync.sync(10, plan("SELECT id, updated_at AS changed FROM a"))
                        .error())
                .hasMessageContaining("mode was append query ");
    }

    @Test
    void refuses_columns_of_the_same_name() {
        assertThat(sync.sync(10, plan("SELECT a.id, b.a AS id, b.updated_at AS changed FROM a, b"))
                        .error())
                .hasMessageContaining("several columns named id");
    }

    @Test
    void refuses_what_is_no_query() {
        assertThatThrownBy(() -> plan(" ; ")).hasMessageContaining("the SQL of the query joined is empty");
        assertThatThrownBy(() -> TablePlan.query(" ", "SELECT 1", "a.b")).hasMessageContaining("needs a name");
        assertThatThrownBy(() -> plan("SELECT 1").filter(";")).hasMessageContaining("is empty");
        assertThat(sync.sync(10, plan("DELETE FROM a")).error()).hasMessageContaining("looking up joined failed");
        assertThat(sync.sync(10, plan("SELECT 1) AS t; DROP TABLE b; SELECT (2"))
                        .error())
                .isNotNull();
        assertThat(sync.db.one("SELECT count(*) FROM b")).isEqualTo("30");
    }
}
