package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.testing.Database;
import dev.sluice.jdbc.testing.MariaDb;
import dev.sluice.lake.LocalLake;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole way out of MariaDB, by the command line. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class MariaDbSyncTest {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);

    @TempDir
    Path folder;

    private Database database;
    private LocalLake lake;
    private Setup setup;

    @BeforeEach
    void open() {
        database = MariaDb.shared().newDatabase();
        database.run(
                "CREATE TABLE orders (id BIGINT PRIMARY KEY, note VARCHAR(20), amount DECIMAL(12,2),"
                        + " updated_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), INDEX (updated_at, id))",
                "INSERT INTO orders SELECT seq, concat('n', seq), seq * 1.10, '2025-01-01 12:00:00' FROM seq_1_to_200",
                "CREATE USER IF NOT EXISTS cli IDENTIFIED BY '" + Setup.PASSWORD + "'",
                "GRANT ALL ON " + database.name() + ".* TO cli",
                "GRANT PROCESS ON *.* TO cli");
        lake = LocalLake.builder()
                .file(folder.resolve("lake.duckdb"))
                .apiKey(Setup.KEY)
                .port(0)
                .start();
        setup = new Setup(folder)
                .api(lake.baseUrl())
                .user("cli")
                .database("jdbc:mariadb://127.0.0.1:" + MariaDb.shared().port() + "/" + database.name()
                        + "?sslMode=DISABLED")
                .tables("""
                        tables:
                          - { source: orders, destination: bronze.orders, watermark: updated_at, key: id, cdc: true }
                        """)
                .write();
    }

    @AfterEach
    void close() {
        lake.close();
        database.run("DROP USER cli");
        database.close();
    }

    @Test
    void delivers_each_row_and_each_change_once() {
        Cli.Ran first = setup.run("sync");
        database.run("UPDATE orders SET note = 'changed', updated_at = now(6) WHERE id = 7");
        String all = first.all();
        long start = System.nanoTime();
        while (count() < 201 && System.nanoTime() - start < PATIENCE) {
            all = setup.run("sync").all();
        }

        assertThat(first.status()).as(first.all()).isZero();
        assertThat(first.out()).contains("bronze.orders: 200 rows in 1 page, 0 dead, 0 held back");
        assertThat(count()).as(all).isEqualTo(201);
        assertThat(lake.query("SELECT note, amount FROM bronze.orders WHERE _cdc_op = 'u'"))
                .hasSize(1)
                .first()
                .satisfies(row -> assertThat(row.values()).map(Object::toString).containsExactly("changed", "7.70"));
        assertThat(first.all() + all).doesNotContain(Setup.PASSWORD);
    }

    @Test
    void checks_and_previews_and_writes_the_view() {
        Cli.Ran check = setup.run("check");
        Cli.Ran dry = setup.run("sync", "--dry-run");

        assertThat(check.status()).as(check.all()).isZero();
        assertThat(dry.out()).contains("200 rows to send", "`orders`");
        assertThat(setup.run("view", "orders").out()).contains("PARTITION BY \"id\"");
    }

    @Test
    void keeps_its_state_in_the_database_when_told_to() {
        String url = "jdbc:mysql://127.0.0.1:" + MariaDb.shared().port() + "/" + database.name() + "?sslMode=DISABLED";
        setup.more("state: { url: '" + url + "', user: cli, password: '" + Setup.PASSWORD + "' }\n")
                .write();

        Cli.Ran first = setup.run("sync");

        assertThat(first.status()).as(first.all()).isZero();
        assertThat(setup.run("state", "show").out()).contains("bronze.orders");
        assertThat(setup.run("sync").out()).contains("bronze.orders: 0 rows");
        assertThat(count()).isEqualTo(200);
    }

    @Test
    void says_what_to_check_when_the_password_is_wrong_or_nobody_listens() {
        Cli.Ran denied = setup.user("nobody").write().run("sync");
        Cli.Ran alone = setup.database("mysql://127.0.0.1:1/none").write().run("sync");

        assertThat(denied.err())
                .contains("check source.user and source.password")
                .hasLineCount(1);
        assertThat(denied.status()).isEqualTo(1);
        assertThat(alone.err())
                .contains("cannot connect to the database 127.0.0.1:1/none: ConnectException: Connection refused")
                .hasLineCount(1);
    }

    private long count() {
        return ((Number) lake.query("SELECT count(*) AS n FROM bronze.orders")
                        .get(0)
                        .get("n"))
                .longValue();
    }
}
