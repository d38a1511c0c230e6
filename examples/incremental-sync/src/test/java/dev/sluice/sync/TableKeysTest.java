package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.Polling;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.source.DeleteScan;
import dev.sluice.jdbc.source.NullWatermark;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.lake.LocalLake;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The keys that say how a table is read: what each becomes, and what is said of a wrong value. */
class TableKeysTest {
    private static final String SALT = "0123456789abcdef-salt";

    @TempDir
    Path folder;

    private TablePlan plan(String keys) {
        Setup setup = new Setup(folder).tables("tables:\n  - { source: a, destination: b.c, " + keys + " }\n");
        return ConfigFile.load(setup.write().file(), Map.of()).tables().get(0);
    }

    private ConfigFile config(String more) {
        return ConfigFile.load(new Setup(folder).more(more).write().file(), Map.of());
    }

    @Test
    void reads_the_whole_table_when_it_is_a_snapshot() {
        TablePlan plan = plan("key: id, snapshot: true");

        assertThat(plan.isSnapshot()).isTrue();
        assertThat(plan.watermark()).isEmpty();
    }

    @Test
    void plans_as_told_when_each_key_is_given() {
        TablePlan plan = plan("watermark: w, key: id, cdc: true, lookBack: 5m, nullWatermark: [created_at, seen_at],"
                + " deletes: { every: 1h, allowEmpty: true }, initialLoad: { threads: 4 }, rename: { id: Id },"
                + " describeColumns: true, include: [id, w], filter: 'x > 1'");

        assertThat(plan.lookBack()).contains(Duration.ofMinutes(5));
        assertThat(plan.nullWatermark()).isNotIn(NullWatermark.FAIL, NullWatermark.SKIP);
        assertThat(plan.deletes()).contains(new DeleteScan(Duration.ofHours(1), true));
        assertThat(plan.loadThreads()).isEqualTo(4);
        assertThat(plan.nameOf("id", Dialect.postgresql())).isEqualTo("Id");
    }

    @Test
    void has_the_librarys_defaults_when_only_what_is_needed_is_given() {
        TablePlan plan = plan("watermark: w, key: id");

        assertThat(plan.lookBack()).isEmpty();
        assertThat(plan.nullWatermark()).isSameAs(NullWatermark.FAIL);
        assertThat(plan.deletes()).isEmpty();
        assertThat(plan.loadThreads()).isEqualTo(1);
        assertThat(plan.isSnapshot()).isFalse();
        assertThat(plan("watermark: w, key: id, nullWatermark: skip").nullWatermark())
                .isSameAs(NullWatermark.SKIP);
        assertThat(plan("watermark: w, key: id, cdc: true, deletes: { every: 0s }")
                        .deletes())
                .contains(DeleteScan.every(Duration.ZERO));
    }

    @Test
    void is_named_by_its_source_when_it_is_a_query() {
        assertThat(plan("watermark: w, key: id, query: SELECT 1").source()).isEqualTo("a");
    }

    @Test
    void reads_the_keys_at_the_top_when_they_are_given() {
        ConfigFile config = config("""
                parallelTables: 3
                queryTimeout: 10m
                horizon: { lag: 1m, maxWait: 2m }
                poll: { floor: 100ms, ceiling: 5s }
                http: 8080
                """);

        Extraction extraction = config.extraction();
        assertThat(extraction.parallelTables()).isEqualTo(3);
        assertThat(extraction.queryTimeout()).contains(Duration.ofMinutes(10));
        assertThat(extraction.lag()).contains(Duration.ofMinutes(1));
        assertThat(extraction.maxWait()).contains(Duration.ofMinutes(2));
        assertThat(config.polling()).isEqualTo(new Polling(Duration.ofMillis(100), Duration.ofSeconds(5)));
        assertThat(config.http()).contains(new HttpAddress("", 8080));
        assertThat(config("").polling()).isEqualTo(Polling.DEFAULT);
        assertThat(config("").http()).isEmpty();
    }

    @Test
    void has_connections_enough_when_tables_and_loads_run_at_once() {
        TablePlan one = plan("watermark: w, key: id");
        TablePlan four = plan("watermark: w, key: id, initialLoad: { threads: 4 }");

        assertThat(config("parallelTables: 2\n").extraction().connections(List.of(one, four, one)))
                .isEqualTo(5);
        assertThat(config("").extraction().connections(List.of(one, one))).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:8080, 127.0.0.1, 8080",
        "[::1]:1, ::1, 1",
        "0.0.0.0:0, 0.0.0.0, 0",
        "7, 127.0.0.1, 7",
        ":7, 127.0.0.1, 7"
    })
    void listens_where_it_is_told(String text, String host, int port) {
        InetSocketAddress socket = HttpAddress.parse(text).socket();

        assertThat(socket.getAddress()).isEqualTo(address(host));
        assertThat(socket.getPort()).isEqualTo(port);
    }

    private static InetAddress address(String text) {
        return new InetSocketAddress(text, 0).getAddress();
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                Arguments.of(
                        "nullWatermark: maybe",
                        "tables[0].nullWatermark must be fail, skip or a list of columns"
                                + " that take its place, found \"maybe\""),
                Arguments.of(
                        "nullWatermark: []",
                        "tables[0].nullWatermark: coalesce needs at least one column"
                                + " to take the watermark's place"),
                Arguments.of(
                        "lookBack: 0s",
                        "tables[0].lookBack: table a looks back by PT0S, which must be more than" + " nothing"),
                Arguments.of(
                        "lookBack: soon",
                        "tables[0].lookBack must be a time such as 500ms, 30s, 2m or 1h, found" + " \"soon\""),
                Arguments.of(
                        "snapshot: true",
                        "tables[0]: table a has the watermark w and is a snapshot, which reads"
                                + " all rows whatever their watermark: leave one of the two out"),
                Arguments.of("filter: ' ; '", "tables[0].filter: "),
                Arguments.of("query: ''", "tables[0]: "),
                Arguments.of(
                        "include: [x], exclude: [y]",
                        "tables[0]: table a includes some columns and excludes" + " others"),
                Arguments.of("rename: { x: '' }", "tables[0].rename.x is empty: the column's name in the lake"),
                Arguments.of(
                        "mask: { x: md5 }",
                        "tables[0].mask.x must be sha256, truncate and a number, null, or"
                                + " constant and a text, found \"md5\""),
                Arguments.of("mask: { x: truncate -1 }", "tables[0].mask.x must be sha256"),
                Arguments.of("mask: sha256", "tables[0].mask must be keys and values, found text"),
                Arguments.of(
                        "initialLoad: { threads: 0 }",
                        "tables[0].initialLoad.threads: table a is to be loaded by"
                                + " 0 threads: loadThreads must be at least 1"),
                Arguments.of(
                        "initialLoad: { thread: 2 }",
                        "unknown key thread of tables.initialLoad; the nearest known" + " one is threads"),
                Arguments.of(
                        "deletes: { every: 1h }",
                        "tables[0]: table a looks for deleted rows, which needs cdc:" + " true"),
                Arguments.of("cdc: true, deletes: { allowEmpty: true }", "tables[0].deletes.every is missing"),
                Arguments.of("cdc: true, deletes: 1h", "tables[0].deletes must be keys and values, found text"),
                Arguments.of(
                        "deletes: { evry: 1h }",
                        "unknown key evry of tables.deletes; the nearest known one is" + " every"),
                Arguments.of("describeColumns: 1", "tables[0].describeColumns must be true or false"),
                Arguments.of("createdAt: c", "unknown key createdAt of tables; the nearest known one is "));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void says_line_and_key_when_a_tables_key_is_wrong(String keys, String message) {
        Setup setup = new Setup(folder)
                .tables("tables:\n  - { source: a, destination: b.c, watermark: w, key: id,\n      " + keys + " }\n");

        Cli.Ran ran = setup.write().run("sync");

        assertThat(ran.err())
                .startsWith(setup.file() + ": line ")
                .contains(": " + message)
                .hasLineCount(1);
        assertThat(ran.status()).isEqualTo(2);
    }

    @Test
    void asks_for_the_salt_when_a_mask_needs_one() {
        Setup setup = new Setup(folder)
                .tables("tables: [{ source: a, destination: b.c, watermark: w, key: id, mask: { x: sha256 } }]\n");

        assertThat(setup.write().run("sync").err())
                .contains("tables[0].maskSalt is missing: a secret of 16 random characters or more");
    }

    static Stream<Arguments> mistakesAtTheTop() {
        return Stream.of(
                Arguments.of("parallelTables: 0", "parallelTables must be 1 or more, found \"0\""),
                Arguments.of("queryTimeout: 0s", "queryTimeout must be 1ms to 24h, found \"0s\""),
                Arguments.of("queryTimeout: 25h", "queryTimeout must be 1ms to 24h, found \"25h\""),
                Arguments.of("horizon: { lag: 2m, maxWait: 2m }", "horizon.maxWait must be longer than horizon.lag"),
                Arguments.of("horizon: { maxWait: 0s }", "horizon.maxWait must be longer than horizon.lag"),
                Arguments.of("horizon: { max: 0s }", "unknown key max of horizon; the nearest known one is lag"),
                Arguments.of("poll: { floor: 2m }", "poll: floor must be more than 0 and at most ceiling"),
                Arguments.of("http: here", "http: an address to listen on is written 127.0.0.1:8080"),
                Arguments.of("http: 127.0.0.1:65536", "http: an address to listen on is written 127.0.0.1:8080"));
    }

    @ParameterizedTest
    @MethodSource("mistakesAtTheTop")
    void says_line_and_key_when_a_key_at_the_top_is_wrong(String yaml, String message) {
        Setup setup = new Setup(folder).more(yaml + "\n").write();

        Cli.Ran ran = setup.run("watch");

        assertThat(ran.err()).startsWith(setup.file() + ": line 4: " + message).hasLineCount(1);
        assertThat(ran.status()).isEqualTo(2);
    }

    @Test
    void carries_the_columns_as_told_and_prints_no_salt_when_they_are_chosen_renamed_and_masked() throws SQLException {
        Shop shop = Shop.open();
        try (LocalLake lake = LocalLake.builder()
                .file(folder.resolve("lake.duckdb"))
                .apiKey(Setup.KEY)
                .port(0)
                .start()) {
            shop.run("ALTER TABLE customers ADD phone text DEFAULT '555-1234', ADD name text DEFAULT 'Doe',"
                    + " ADD note text DEFAULT 'secret'");
            Setup setup = new Setup(folder)
                    .api(lake.baseUrl())
                    .database(shop.url())
                    .tables("""
                    tables:
                      - source: cheap customers
                        query: SELECT * FROM customers WHERE email <> 'c1'
                        destination: bronze.customers
                        watermark: updated_at
                        key: id
                        filter: email < 'c2'
                        exclude: [deleted_at]
                        rename: { email: mail }
                        mask: { email: sha256, phone: truncate 3, name: null, note: constant a b }
                        maskSalt: "%s"
                    """.formatted(SALT))
                    .write();

            Cli.Ran ran = setup.run("--verbose", "sync");

            assertThat(ran.status()).as(ran.all()).isZero();
            assertThat(ran.all()).doesNotContain(SALT);
            Map<String, ?> row =
                    lake.query("SELECT * FROM bronze.customers LIMIT 1").get(0);
            assertThat(row.keySet()).containsExactlyInAnyOrder("id", "mail", "updated_at", "phone", "name", "note");
            assertThat(row.get("mail")).asString().matches("[0-9a-f]{64}");
            assertThat(row.get("phone")).isEqualTo("555");
            assertThat(row.get("name")).isNull();
            assertThat(row.get("note")).isEqualTo("a b");
            assertThat(lake.query("SELECT count(*) AS n FROM bronze.customers")
                            .get(0)
                            .get("n"))
                    .hasToString("110");
        }
    }
}
