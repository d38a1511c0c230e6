package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.source.TablePlan;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CurrentStateViewTest {
    private static final TablePlan PLAN = TablePlan.of("public.customers", "bronze.customers")
            .watermark("updated_at")
            .key("id")
            .cdc(true);

    private Connection lake;

    @BeforeEach
    void open() throws SQLException {
        lake = DriverManager.getConnection("jdbc:duckdb:");
        run("CREATE SCHEMA bronze");
        run("CREATE SCHEMA silver");
        run("CREATE TABLE bronze.customers (id BIGINT, name VARCHAR, _cdc_op VARCHAR, _cdc_ts VARCHAR, _cdc_seq"
                + " BIGINT)");
        run(CurrentStateView.sql(PLAN, "silver.customers", Dialect.postgresql()));
    }

    @AfterEach
    void close() throws SQLException {
        lake.close();
    }

    @Test
    void shows_the_newest_state_when_a_row_was_updated() throws SQLException {
        land(1, "old", "c", 1);
        land(1, "new", "u", 2);
        assertThat(current()).containsExactly("1=new");
    }

    @Test
    void hides_a_row_when_its_newest_state_is_a_delete() throws SQLException {
        land(1, "here", "c", 1);
        land(1, "gone", "d", 2);
        land(2, "stays", "c", 3);
        assertThat(current()).containsExactly("2=stays");
    }

    @Test
    void shows_a_row_again_when_it_was_created_after_a_delete() throws SQLException {
        land(1, "here", "c", 1);
        land(1, "gone", "d", 2);
        land(1, "back", "u", 3);
        assertThat(current()).containsExactly("1=back");
    }

    @Test
    void shows_a_row_once_when_a_batch_landed_twice_and_late() throws SQLException {
        land(1, "new", "u", 2);
        land(1, "old", "c", 1);
        land(1, "new", "u", 2);
        assertThat(current()).containsExactly("1=new");
    }

    @Test
    void equals_the_source_when_thousands_of_changes_land_in_any_order() throws SQLException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<Integer, String> source = new TreeMap<>();
        List<String> landings = new ArrayList<>();
        for (int seq = 1; seq <= 3_000; seq++) {
            int id = random.nextInt(200);
            boolean delete = random.nextInt(4) == 0;
            landings.add("(" + id + ", 'v" + seq + "', '" + (delete ? "d" : "u") + "', NULL, " + seq + ")");
            source.put(id, "v" + seq);
            if (delete) {
                source.remove(id);
            }
        }
        landings.addAll(landings.subList(100, 900));
        java.util.Collections.shuffle(landings, random);
        run("INSERT INTO bronze.customers VALUES " + String.join(", ", landings));
        List<String> expected = source.entrySet().stream().map(Object::toString).toList();
        assertThat(current()).as("seed " + seed).isEqualTo(expected);
    }

    @Test
    void shows_rows_from_before_stamps_until_newer_ones_come() throws SQLException {
        run("INSERT INTO bronze.customers VALUES (1, 'old', NULL, NULL, NULL), (2, 'old', NULL, NULL, NULL)");
        land(1, "new", "u", 5);
        assertThat(current()).containsExactly("1=new", "2=old");
    }

    @Test
    void quotes_names_when_they_are_odd() throws SQLException {
        run("CREATE TABLE bronze.odd (\"Id\" INT, \"select\" INT, _cdc_op VARCHAR, _cdc_seq BIGINT)");
        TablePlan odd = TablePlan.of("odd", "bronze.odd")
                .watermark("w")
                .key("\"Id\"", "\"select\"")
                .cdc(true);
        run(CurrentStateView.sql(odd, "silver.Odd-View", Dialect.postgresql()));
        run("INSERT INTO bronze.odd VALUES (1, 1, 'c', 1), (1, 2, 'c', 2), (1, 1, 'u', 3)");
        assertThat(rows("SELECT \"select\", _cdc_seq FROM silver.\"Odd-View\" ORDER BY 1"))
                .containsExactly("1=3", "2=2");
    }

    @Test
    void refuses_a_plan_without_stamps() {
        assertThatThrownBy(() -> CurrentStateView.sql(PLAN.cdc(false), "silver.customers", Dialect.postgresql()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("set cdc to true for table public.customers");
    }

    private void land(int id, String name, String op, long seq) throws SQLException {
        run("INSERT INTO bronze.customers VALUES (" + id + ", '" + name + "', '" + op + "', NULL, " + seq + ")");
    }

    private List<String> current() throws SQLException {
        return rows("SELECT id, name FROM silver.customers ORDER BY id");
    }

    private List<String> rows(String sql) throws SQLException {
        List<String> all = new ArrayList<>();
        try (Statement statement = lake.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                all.add(rows.getString(1) + "=" + rows.getString(2));
            }
        }
        return all;
    }

    private void run(String sql) throws SQLException {
        try (Statement statement = lake.createStatement()) {
            statement.execute(sql);
        }
    }
}
