package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.lake.LocalLake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private Shop shop;
    private LocalLake lake;
    private Setup setup;

    @BeforeEach
    void open() throws SQLException {
        shop = Shop.open();
        lake = LocalLake.builder()
                .file(folder.resolve("lake.duckdb"))
                .apiKey(Setup.KEY)
                .port(0)
                .start();
        setup = new Setup(folder).api(lake.baseUrl()).database(shop.url()).write();
    }

    @AfterEach
    void close() {
        lake.close();
    }

    @Test
    void delivers_each_row_once_when_run_twice() {
        Cli.Ran first = setup.run("sync");
        Cli.Ran second = setup.run("sync");

        assertThat(first.status()).isZero();
        assertThat(first.out()).isEqualTo("""
                public.customers -> bronze.customers: 300 rows in 1 page, 0 dead, 0 held back
                public.orders -> bronze.orders: 600 rows in 1 page, 0 dead, 0 held back
                public.products -> bronze.products: 25 rows in 1 page, 0 dead, 0 held back
                total: 925 rows of 3 tables, 0 dead, 0 held back
                """);
        assertThat(first.err()).isEqualTo("""
                public.customers: reading the whole table, about 300 rows
                public.orders: reading the whole table, about 600 rows
                public.products: reading the whole table, about 25 rows
                """);
        assertThat(second.out()).endsWith("total: 0 rows of 3 tables, 0 dead, 0 held back\n");
        assertThat(second.status()).isZero();
        assertThat(count("bronze.customers")).isEqualTo(300);
        assertThat(count("bronze.orders")).isEqualTo(600);
        assertThat(count("bronze.products")).isEqualTo(25);
        assertThat(count("(SELECT DISTINCT order_id, line FROM bronze.orders)")).isEqualTo(600);
    }

    @Test
    void delivers_exactly_the_updated_rows_when_ten_random_ones_change() throws SQLException {
        long seed = System.nanoTime();
        RandomGenerator random = new Random(seed);
        setup.run("sync");

        Set<Integer> changed = new TreeSet<>();
        while (changed.size() < 10) {
            changed.add(1 + random.nextInt(300));
        }
        for (int n : changed) {
            shop.run("UPDATE customers SET email = email || '!', updated_at = now() WHERE email = 'c" + n + "'");
        }
        syncUntilNothingIsHeldBack();

        assertThat(count("bronze.customers")).as("seed %d", seed).isEqualTo(310);
        assertThat(count("bronze.orders")).isEqualTo(600);
        assertThat(lake.query("SELECT email FROM bronze.customers WHERE _cdc_op = 'u'"))
                .as("seed %d", seed)
                .extracting(row -> row.get("email"))
                .containsExactlyInAnyOrderElementsOf(
                        changed.stream().map(n -> (Object) ("c" + n + "!")).toList());
    }

    @Test
    void delivers_a_late_commit_when_newer_rows_came_before_it() throws SQLException {
        setup.run("sync");
        try (Connection late = shop.connect();
                Statement insert = late.createStatement()) {
            late.setAutoCommit(false);
            insert.execute("INSERT INTO products VALUES ('late', 1, now())");
            shop.run("INSERT INTO products VALUES ('newer', 1, now())");

            Cli.Ran held = setup.run("sync");

            assertThat(held.out())
                    .contains("public.products -> bronze.products: 0 rows in 0 pages, 0 dead, 1 held back");
            assertThat(held.status()).isZero();
            late.commit();
        }
        syncUntilNothingIsHeldBack();

        assertThat(count("bronze.products")).isEqualTo(27);
    }

    @Test
    void syncs_only_the_named_tables_when_some_are_named() {
        Cli.Ran ran = setup.run("sync", "--table", "public.products", "--table", "bronze.orders");

        assertThat(ran.out())
                .contains("public.orders", "public.products", "total: 625 rows of 2 tables")
                .doesNotContain("customers");
        assertThat(setup.run("sync", "--table", "public.product").err())
                .isEqualTo("table public.product is not in the configuration; the nearest is public.products\n");
    }

    @Test
    void counts_pages_when_a_table_has_many() {
        setup.more("batch: { maxRows: 100 }\n").write();

        assertThat(setup.run("sync").out())
                .contains("public.orders -> bronze.orders: 600 rows in 6 pages, 0 dead, 0 held back");
    }

    @Test
    void says_so_when_the_time_of_rows_lies_in_the_future() throws SQLException {
        shop.run("INSERT INTO products VALUES ('later', 1, timestamptz '9999-12-31')");
        assertThat(setup.run("sync").err())
                .contains(
                        "WARNING FUTURE_WATERMARKS public.products: 1 row has a watermark in the database's future: ");
    }

    @Test
    void replaces_rows_when_the_mode_is_merge() throws SQLException {
        setup.tables("""
                tables:
                  - { source: products, destination: bronze.products, watermark: updated_at, key: sku, mode: merge }
                """).write();
        setup.run("sync");
        shop.run("UPDATE products SET price = 99, updated_at = now() WHERE sku = 'p7'");
        syncUntilNothingIsHeldBack();

        assertThat(count("bronze.products")).isEqualTo(25);
        assertThat(lake.query("SELECT price FROM bronze.products WHERE sku = 'p7'")
                        .get(0)
                        .get("price"))
                .hasToString("99");
    }

    @Test
    void tells_each_retry_and_goes_on_when_the_api_asks_to_wait() {
        lake.throttle(1, Duration.ofSeconds(1));

        Cli.Ran ran = setup.run("sync", "--table", "public.products");

        assertThat(ran.err())
                .containsPattern("bronze\\.products: attempt 1 failed with HTTP 429.*; the next one in 1\\.0 s");
        assertThat(ran.status()).isZero();
    }

    @Test
    void ends_with_1_and_names_the_folder_when_rows_are_refused() throws Exception {
        shop.run("ALTER TABLE products ADD note text; INSERT INTO products VALUES"
                + " ('huge', 1, timestamptz '2025-01-02', repeat('x', 1100000))");

        Cli.Ran ran = setup.run("sync", "--table", "public.products");

        Path dead = folder.resolve("dead-letters");
        assertThat(ran.out()).contains("26 rows in 1 page, 1 dead, 0 held back");
        assertThat(ran.err())
                .contains("1 row could not be delivered and is kept in " + dead + ": dead-letters list says why");
        assertThat(ran.status()).isEqualTo(1);
        assertThat(files(dead)).isEqualTo(1);
        assertThat(count("bronze.products")).isEqualTo(25);
        assertThat(setup.run("sync", "--table", "public.products").status()).isZero();
    }

    @Test
    void ends_with_1_and_names_the_holder_when_another_sync_is_running() {
        CheckpointStore.Lock other =
                CheckpointStore.file(folder.resolve("sync-state")).lock(Duration.ZERO);
        try {
            Cli.Ran ran = setup.run("sync");

            assertThat(ran.err())
                    .contains("another sync is running on " + folder.resolve("sync-state") + ": ")
                    .contains("process " + ProcessHandle.current().pid() + ", running since ")
                    .contains("; wait for it to end");
            assertThat(ran.status()).isEqualTo(1);
            assertThat(setup.run("state", "reset", "public.orders").status()).isEqualTo(1);
        } finally {
            other.close();
        }
        assertThat(lake.requests()).isZero();
    }

    private void syncUntilNothingIsHeldBack() {
        long start = System.nanoTime();
        Cli.Ran ran = setup.run("sync");
        while (!ran.out().endsWith(" 0 held back\n")) {
            assertThat(System.nanoTime() - start).as(ran.all()).isLessThan(PATIENCE.toNanos());
            ran = setup.run("sync");
        }
        assertThat(ran.status()).as(ran.all()).isZero();
    }

    private long count(String table) {
        return ((Number) lake.query("SELECT count(*) AS n FROM " + table).get(0).get("n")).longValue();
    }

    private static long files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }
}
