package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.lake.LocalLake;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is wrong: a status, a line that says what it is and what to do, and a cursor that has not moved. */
class BadInputTest {
    private static final String CUSTOMERS = """
            tables:
              - { source: public.customers, destination: bronze.customers, watermark: updated_at, key: id }
            """;

    @TempDir
    Path folder;

    private Shop shop;
    private LocalLake lake;
    private Setup setup;
    private String before;

    /** Five customers are delivered before, so that there is a cursor to keep. */
    @BeforeEach
    void sync_some() throws SQLException {
        shop = Shop.open();
        shop.run("DELETE FROM customers WHERE email NOT IN ('c1', 'c2', 'c3', 'c4', 'c5')");
        lake = LocalLake.builder()
                .file(folder.resolve("lake.duckdb"))
                .apiKey(Setup.KEY)
                .port(0)
                .start();
        setup = new Setup(folder)
                .api(lake.baseUrl())
                .database(shop.url())
                .tables(CUSTOMERS)
                .write();
        assertThat(setup.run("sync").status()).isZero();
        before = setup.run("state", "show").out();
        shop.run("UPDATE customers SET updated_at = now() WHERE email < 'c4'");
        waitForHorizon();
    }

    @AfterEach
    void close() {
        lake.close();
    }

    @Test
    void ends_with_1_when_the_database_is_unreachable() {
        refused(
                setup.database("jdbc:postgresql://127.0.0.1:1/app"),
                "cannot connect to the database 127.0.0.1:1/app: Connection to 127.0.0.1:1 refused. Check that the"
                        + " hostname and port are correct and that the postmaster is accepting TCP/IP connections;"
                        + " check source.url, and that the database is running and lets this machine in\n");
    }

    @Test
    void ends_with_1_when_the_host_is_unknown() {
        refused(
                setup.database("jdbc:postgresql://no-such-host.invalid:5432/app"),
                "cannot connect to the database no-such-host.invalid:5432/app: UnknownHostException:"
                        + " no-such-host.invalid; check source.url, and that the database is running and lets this"
                        + " machine in\n");
    }

    @Test
    void ends_with_1_when_there_is_no_such_database() {
        refused(
                setup.database(shop.url().replace(shop.name(), "nowhere")),
                "cannot connect to the database localhost:" + shop.port() + "/nowhere: FATAL: database \"nowhere\" does"
                        + " not exist; check the database's name in source.url\n");
    }

    @Test
    void ends_with_1_when_the_table_is_unknown() {
        refused(
                setup.tables(CUSTOMERS.replace("public.customers", "public.custmers")),
                "public.custmers -> bronze.customers: there is no table or view public.custmers in the database, or"
                        + " this user may not see it; names are written as in SQL: schema.table, quoted where they have"
                        + " capitals (materialized views and foreign tables cannot be read safely)\n");
    }

    @Test
    void ends_with_1_when_a_column_is_unknown() {
        refused(
                setup.tables(CUSTOMERS.replace("updated_at", "changed_at")),
                "public.customers -> bronze.customers: public.customers has no column changed_at to be its watermark;"
                        + " its columns are: id, email, deleted_at, updated_at\n");
    }

    @Test
    void ends_with_1_when_the_key_is_wrong() {
        Cli.Ran ran = refused(setup.key("another-key-than-this"), null);

        assertThat(ran.err())
                .contains("public.customers -> bronze.customers: page not delivered (3 of 3 rows): HTTP 401")
                .endsWith("; check that destination.apiKey is right, current and allowed to write, then sync again\n")
                .doesNotContain("another-key");
    }

    @Test
    void ends_with_1_when_the_api_is_down() {
        Cli.Ran ran = refused(setup.api("http://127.0.0.1:1"), null);

        assertThat(ran.err())
                .contains("bronze.customers: attempt 1 failed with ConnectException")
                .contains("public.customers -> bronze.customers: page not delivered (3 of 3 rows): 2 attempts"
                        + " failed within")
                .endsWith("; sync again when the API at destination.url answers\n");
    }

    @Test
    void ends_with_1_when_the_api_answers_html() throws IOException {
        try (FakeApi api = FakeApi.answering(200, "text/html", "<html>Welcome</html>")) {
            Cli.Ran ran = refused(setup.api(api.url()), null);

            assertThat(ran.err())
                    .contains("HTTP 200 with text/html instead of the API's JSON; check that destination.url is a"
                            + " Stream API");
            assertThat(api.requests()).isEqualTo(2);
        }
    }

    @Test
    void ends_with_1_when_the_address_is_of_something_else() throws IOException {
        try (FakeApi api = FakeApi.answering(404, "text/html", "<html>Nothing here</html>")) {
            Cli.Ran ran = refused(setup.api(api.url()), null);

            assertThat(ran.err())
                    .contains("HTTP 404: an answer of type text/html; check destination.url and the table's name");
            assertThat(api.requests()).isEqualTo(1);
        }
    }

    @Test
    void syncs_the_other_tables_when_one_fails() {
        Cli.Ran ran = setup.tables(Setup.THREE_TABLES.replace("source: public.orders", "source: public.order"))
                .write()
                .run("sync");

        assertThat(ran.out())
                .contains("public.order -> bronze.orders: 0 rows in 0 pages, 0 dead, failed")
                .contains("public.products -> bronze.products: 25 rows in 1 page, 0 dead, 0 held back")
                .contains("total: 28 rows of 3 tables, 0 dead, 0 held back, 1 table failed");
        assertThat(ran.status()).isEqualTo(1);
    }

    @Test
    void keeps_the_rows_when_the_folder_for_dead_letters_cannot_be_made() throws Exception {
        shop.run("INSERT INTO customers VALUES (md5('x')::uuid, repeat('x', 1100000), NULL, now())");
        waitForHorizon();

        Cli.Ran ran = refused(setup.more("deadLetters: sync.yaml/none\n"), null);

        assertThat(ran.err()).contains("the dead letters could not be kept", "see to the folder deadLetters");
    }

    @Test
    void shows_the_stack_only_when_asked() {
        setup.database("jdbc:postgresql://127.0.0.1:1/app").write();

        assertThat(setup.run("sync").err()).doesNotContain("\tat ");
        assertThat(setup.run("--verbose", "sync").err()).contains("\tat ", "Caused by: ");
    }

    /** Until everything that is committed now lies below the horizon. */
    private void waitForHorizon() throws SQLException {
        shop.one("SELECT pg_sleep(0.2)");
    }

    /** Runs a sync that must fail, and checks what holds for every failure. */
    private Cli.Ran refused(Setup wrong, String message) {
        Cli.Ran ran = wrong.write().run("sync");

        assertThat(ran.status()).as(ran.all()).isEqualTo(1);
        assertThat(ran.all()).doesNotContain("\tat ", Setup.KEY, Setup.PASSWORD);
        if (message != null) {
            assertThat(ran.err()
                            .lines()
                            .filter(line -> !line.contains(": reading"))
                            .toList())
                    .containsExactly(message.strip());
        }
        assertThat(withoutPending(setup.run("state", "show").out())).isEqualTo(withoutPending(before));
        losesNothing();
        return ran;
    }

    /** Once the settings are right again, the changed rows arrive, each once. */
    private void losesNothing() {
        new Setup(folder)
                .api(lake.baseUrl())
                .database(shop.url())
                .tables(CUSTOMERS)
                .write()
                .run("sync");
        assertThat(lake.query("SELECT count(*) AS n FROM bronze.customers")
                        .get(0)
                        .get("n"))
                .isEqualTo(8L);
    }

    /** Rows that may be on their way are pending, with the cursor where it was. */
    private static String withoutPending(String table) {
        return table.replaceAll(" \\d+ \\| yes", " n | yes");
    }
}
