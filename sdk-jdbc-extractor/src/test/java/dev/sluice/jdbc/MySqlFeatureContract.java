package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.source.DeleteScan;
import dev.sluice.jdbc.source.Mask;
import dev.sluice.jdbc.source.NullWatermark;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.testing.MySqlServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All that the extractor can do, from MySQL or MariaDB. */
abstract class MySqlFeatureContract {
    private static final TablePlan ITEMS =
            TablePlan.of("items", "bronze.items").watermark("updated_at").watermarkZone(ZoneId.of("+05:30"));
    private static final DeleteScan ALWAYS = DeleteScan.every(Duration.ZERO);

    /** As many numbers as powers of ten are joined. */
    private static final String NUMBERS = "digits a, digits b, digits c, digits d, digits e";

    private static final String N = "(a.n + 10 * b.n + 100 * c.n + 1000 * d.n + 10000 * e.n)";

    private SyncFixture fixture;

    abstract MySqlServer server();

    @BeforeEach
    void open() {
        fixture = SyncFixture.of(server());
    }

    @AfterEach
    void close() {
        if (fixture != null) {
            fixture.close();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "k int NOT NULL; k; N - 777",
                "k bigint unsigned NOT NULL; k; 18446744073709551615 - N",
                "k varchar(30) COLLATE utf8mb4_unicode_ci NOT NULL; k; concat(char(65 + N % 2 * 32 + N % 26), '_', N)",
                "k binary(3) NOT NULL; k; unhex(lpad(hex(N * 7), 6, '0'))",
                "k date, l char(5) COLLATE utf8mb4_general_ci, m decimal(9,3); k,l,m;"
                        + " '2025-01-01' + interval N % 9 day, char(97 - N % 2 * 32 + N % 5), -N / 8"
            })
    void loads_fifty_thousand_rows_once_with_four_threads(String columns, String key, String values) {
        createDigits();
        fixture.db.run(
                "CREATE TABLE items (" + columns + ", n int NOT NULL, updated_at datetime(6) NOT NULL, PRIMARY KEY ("
                        + key + "))",
                "INSERT INTO items SELECT " + values.replace("N", N) + ", " + N + ", '2025-01-01' FROM " + NUMBERS
                        + " WHERE e.n < 5",
                "ANALYZE TABLE items");
        Set<Integer> chunks = new HashSet<>();
        fixture.lake.beforeAnswer(batch -> chunks.add(chunks()));
        TablePlan plan = ITEMS.key(key.split(",")).loadThreads(4);
        TableReport report =
                fixture.sync(fixture.extractor(plan).pages(new BatchPolicy(1_000, BatchPolicy.BYTE_LIMIT)));
        assertThat(report.rows()).isEqualTo(50_000);
        assertThat(new HashSet<>(fixture.lake.values("n"))).hasSize(50_000);
        assertThat(chunks).allMatch(count -> count >= 3);
        assertThat(fixture.sync(plan).rows()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void carries_every_state_when_rows_change_during_the_load(int threads) {
        createItems(200);
        AtomicInteger times = new AtomicInteger();
        fixture.lake.beforeAnswer(batch -> {
            int i = times.incrementAndGet();
            if (i <= 12) {
                fixture.db.run(
                        "UPDATE items SET name = 'updated', updated_at = now(6) WHERE id = " + i * 13,
                        "INSERT INTO items VALUES (" + -i + ", 'inserted', now(6))",
                        "UPDATE items SET id = 1000 + id, name = 'moved', updated_at = now(6) WHERE id = "
                                + (i * 13 + 1));
            }
        });
        TablePlan plan = ITEMS.key("id").loadThreads(threads);
        fixture.sync(plan);
        fixture.waitForHorizon();
        fixture.sync(plan);
        List<String> arrived =
                fixture.lake.rows().stream().map(MySqlFeatureContract::state).toList();
        assertThat(arrived).doesNotHaveDuplicates();
        assertThat(arrived)
                .contains(fixture.db
                        .one("SELECT group_concat(concat(id, ' ', name)) FROM (SELECT * FROM items LIMIT 60) i")
                        .split(","));
        assertThat(arrived).contains("13 updated", "-1 inserted", "1014 moved", "-12 inserted", "1157 moved");
    }

    @Test
    void tells_the_lake_of_rows_that_are_gone_whatever_order_their_keys_have() {
        fixture.db.run(
                "CREATE TABLE items (k varchar(9) COLLATE utf8mb4_general_ci, d decimal(5,1), updated_at timestamp(6) NOT"
                        + " NULL, PRIMARY KEY (k, d))",
                "INSERT INTO items VALUES ('a', 1, '2025-01-01'), ('B', 2, '2025-01-01'), ('c_', 3, '2025-01-01'),"
                        + " ('Ä', 4, '2025-01-01'), ('a', 0.5, '2025-01-01'), ('', 9, '2025-01-01')");
        TablePlan plan = ITEMS.key("k", "d").cdc(true).deletes(ALWAYS);
        fixture.sync(plan);
        fixture.db.run("DELETE FROM items WHERE k = 'B' OR d IN (0.5, 9)");
        assertThat(fixture.sync(plan).rows()).isEqualTo(3);
        List<JsonNode> rows = fixture.lake.rows().subList(6, 9);
        assertThat(rows)
                .extracting(row -> row.path("k").asText() + row.path("d").asText())
                .containsExactlyInAnyOrder("B2.0", "a0.5", "9.0");
        assertThat(rows).extracting(row -> row.path("_cdc_op").asText()).containsOnly("d");
        assertThat(fixture.sync(plan).rows()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"datetime(6)", "timestamp"})
    void looks_back_for_rows_that_come_with_an_old_time(String type) {
        fixture.db.run("CREATE TABLE items (id int PRIMARY KEY, name varchar(9), updated_at " + type + " NOT NULL)");
        insert(1, "now(6) - interval 30 minute");
        TablePlan plan = ITEMS.key("id").lookBack(Duration.ofHours(1));
        fixture.sync(plan);
        insert(2, "now(6) - interval 45 minute");
        insert(3, "now(6) - interval 90 minute");
        fixture.db.run("UPDATE items SET name = 'same' WHERE id = 1");
        fixture.sync(plan);
        assertThat(fixture.sync(plan).rows()).isZero();
        assertThat(fixture.lake.rows()).extracting(MySqlFeatureContract::state).containsExactly("1 n", "2 n", "1 same");
    }

    @Test
    void delivers_a_lower_number_that_is_committed_late_and_misses_no_gap() throws SQLException {
        fixture.db.run("CREATE TABLE items (id bigint PRIMARY KEY AUTO_INCREMENT, name varchar(9))");
        TablePlan plan = ITEMS.watermark("id").key("id");
        name("first");
        fixture.sync(plan);
        fixture.waitForHorizon();
        fixture.sync(plan);
        try (Connection late = fixture.begin();
                Connection never = fixture.begin()) {
            late.createStatement().execute("INSERT INTO items (name) VALUES ('late')");
            never.createStatement().execute("INSERT INTO items (name) VALUES ('never')");
            name("early");
            for (int i = 0; i < 2; i++) {
                fixture.waitForHorizon();
                assertThat(fixture.sync(plan).heldBack()).isEqualTo(1);
            }
            assertThat(fixture.lake.values("name")).containsExactly("first");
            never.rollback();
            late.commit();
        }
        fixture.sync(plan);
        fixture.waitForHorizon();
        fixture.sync(plan);
        assertThat(fixture.lake.values("id")).containsExactly("1", "2", "4");
        assertThat(fixture.sync(plan).rows()).isZero();
    }

    @Test
    void delivers_every_row_in_every_pass_of_a_snapshot() {
        createItems(100);
        TablePlan plan = TablePlan.of("items", "bronze.items")
                .key("id")
                .snapshot()
                .cdc(true)
                .loadThreads(2);
        assertThat(fixture.sync(plan).rows()).isEqualTo(100);
        fixture.db.run("UPDATE items SET name = 'changed' WHERE id = 7", "DELETE FROM items WHERE id = 8");
        assertThat(fixture.sync(plan).rows()).isEqualTo(99);
        assertThat(fixture.lake.values("name").subList(100, 199)).contains("changed");
    }

    @Test
    void sends_chosen_columns_under_other_names_masked_and_filtered() {
        fixture.db.run(
                "CREATE TABLE items (id int PRIMARY KEY, email varchar(50), raw varbinary(4), secret text, country"
                        + " enum('DE','FR'), updated_at timestamp NULL)",
                "INSERT INTO items VALUES (1, 'a@b.c', 0x00ff, 's', 'DE', '2025-01-01'), (2, 'd', NULL, 's', 'FR',"
                        + " '2025-01-01'), (3, NULL, NULL, 's', 'DE', NULL)");
        TablePlan plan = ITEMS.key("id")
                .exclude("SECRET")
                .rename("Email", "mail")
                .mask("email", Mask.sha256("pepper-pepper-pepper"))
                .mask("raw", Mask.truncate(2))
                .nullWatermark(NullWatermark.SKIP)
                .filter("country = 'DE' AND `id` <> 7 -- all but one");
        fixture.sync(plan);
        JsonNode row = fixture.lake.rows().get(0);
        assertThat(fixture.lake.rows()).hasSize(1);
        assertThat(row.fieldNames()).toIterable().containsExactly("id", "mail", "raw", "country", "updated_at");
        assertThat(row.path("mail").asText()).hasSize(64);
        assertThat(row.path("raw").asText()).isEqualTo("00");
    }

    @Test
    void reads_a_query_that_joins_tables() {
        createItems(25);
        fixture.db.run(
                "CREATE TABLE parts (item int, part int, updated_at datetime(6) NOT NULL, PRIMARY KEY (item, part))",
                "INSERT INTO parts SELECT id, id * 2, updated_at FROM items");
        TablePlan plan = TablePlan.query(
                        "joined",
                        "SELECT i.id, p.part, i.name, greatest(i.updated_at, p.updated_at) AS at FROM items i"
                                + " JOIN parts p ON p.item = i.id;",
                        "bronze.joined")
                .watermark("at")
                .watermarkZone(ZoneId.of("+05:30"))
                .key("id", "part");
        assertThat(fixture.sync(plan).rows()).isEqualTo(25);
        fixture.db.run("UPDATE parts SET updated_at = now(6) WHERE item = 3");
        fixture.waitForHorizon();
        fixture.db.one("SELECT SLEEP(1)"); // a query's times count as whole seconds
        assertThat(fixture.sync(plan).rows()).isEqualTo(1);
        assertThat(fixture.lake.values("part")).hasSize(26).endsWith("6");
    }

    private int chunks() {
        return fixture.checkpoint().load().chunks().size();
    }

    private void createDigits() {
        fixture.db.run(
                "CREATE TABLE digits (n int)",
                "INSERT INTO digits VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)");
    }

    private void createItems(int rows) {
        createDigits();
        fixture.db.run(
                "CREATE TABLE items (id int PRIMARY KEY, name varchar(20), updated_at datetime(6) NOT NULL)",
                "INSERT INTO items SELECT 1 + " + N + ", 'n', '2025-01-01' FROM " + NUMBERS + " WHERE " + N + " < "
                        + rows,
                "ANALYZE TABLE items");
    }

    private void insert(int id, String time) {
        fixture.db.run("INSERT INTO items VALUES (" + id + ", 'n', " + time + ")");
    }

    private void name(String name) {
        fixture.db.run("INSERT INTO items (name) VALUES ('" + name + "')");
    }

    private static String state(JsonNode row) {
        return row.path("id").asText() + " " + row.path("name").asText();
    }
}
