package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.checkpoint.Chunk;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.Load;
import dev.sluice.jdbc.checkpoint.Mark;
import dev.sluice.jdbc.checkpoint.Overtaken;
import dev.sluice.lake.LocalLake;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that go back, or only look. */
class RewindAndReplayTest {
    private static final String PLACE = "2025-01-01 00:03:00+00";

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
    void sends_the_rows_from_the_place_on_again_when_set_back() {
        setup.run("sync");

        Cli.Ran rewind = setup.run("state", "rewind", "bronze.orders", PLACE);
        Cli.Ran show = setup.run("state", "show");
        Cli.Ran sync = setup.run("sync");

        assertThat(rewind.out())
                .isEqualTo("public.orders -> bronze.orders: set back to " + PLACE
                        + "; the next sync sends every row from there on again\n");
        assertThat(rewind.status()).isZero();
        assertThat(show.out())
                .containsPattern("public.orders +\\| bronze.orders +\\| 2025-01-01 00:03:00\\+00 +\\| +0 \\|");
        assertThat(sync.out())
                .contains("public.orders -> bronze.orders: 63 rows", "public.products -> bronze.products: 0");
        assertThat(count("bronze.orders")).isEqualTo(663);
    }

    @Test
    void ends_with_2_and_changes_nothing_when_the_place_makes_no_sense() {
        setup.run("sync");
        String before = setup.run("state", "show").out();

        Cli.Ran bad = setup.run("state", "rewind", "public.orders", "yesteryear");
        Cli.Ran beyond = setup.run("state", "rewind", "public.orders", "2999-01-01");
        Cli.Ran unknown = setup.run("state", "rewind", "public.order", PLACE);

        assertThat(bad.err())
                .contains("the database cannot take the text given for a value of updated_at", "nothing was changed")
                .hasLineCount(1);
        assertThat(beyond.err()).contains("lies behind its cursor").hasLineCount(1);
        assertThat(unknown.err()).contains("the nearest is public.orders");
        assertThat(List.of(bad.status(), beyond.status(), unknown.status())).containsOnly(2);
        assertThat(setup.run("state", "show").out()).isEqualTo(before);
    }

    @Test
    void ends_with_1_when_there_is_nothing_to_go_back_to() {
        Cli.Ran ran = setup.run("state", "rewind", "public.orders", PLACE);

        assertThat(ran.err()).contains("it was never synced").hasLineCount(1);
        assertThat(ran.status()).isEqualTo(1);
    }

    @Test
    void sends_a_stretch_again_when_it_is_replayed() {
        setup.run("sync");
        String before = setup.run("state", "show").out();

        Cli.Ran ran = setup.run("replay", "public.orders", "2025-01-01 00:01:00+00", "2025-01-01 00:01:10+00");

        assertThat(ran.out()).isEqualTo("""
                public.orders -> bronze.orders: 30 rows in 1 page, 0 dead, 0 held back
                total: 30 rows of 1 table, 0 dead, 0 held back
                """);
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(count("bronze.orders")).isEqualTo(630);
        assertThat(count("bronze.orders WHERE _cdc_op = 'u'")).isEqualTo(30);
        assertThat(setup.run("state", "show").out()).isEqualTo(before.replace(" 600 |", "  30 |"));
    }

    @Test
    void ends_with_2_when_the_stretch_makes_no_sense() {
        setup.run("sync");

        Cli.Ran ran = setup.run("replay", "public.orders", PLACE, PLACE);

        assertThat(ran.err()).contains("ends before it begins").hasLineCount(1);
        assertThat(ran.status()).isEqualTo(2);
    }

    @Test
    void ends_with_1_when_the_api_is_down_in_a_replay() {
        setup.run("sync");
        setup.api("http://127.0.0.1:1").write();

        Cli.Ran ran = setup.run("replay", "public.orders", PLACE, "2026-01-01");

        assertThat(ran.err()).contains("public.orders -> bronze.orders: page not delivered (63 of 63 rows)");
        assertThat(ran.status()).isEqualTo(1);
    }

    @Test
    void prints_sql_and_does_nothing_when_it_runs_dry() throws SQLException {
        Cli.Ran first = setup.run("sync", "--dry-run");
        setup.run("sync");
        String before = setup.run("state", "show").out();
        long requests = lake.requests();
        shop.run("INSERT INTO products VALUES ('new', 1, now())");
        shop.run("SELECT pg_sleep(0.3)");

        Cli.Ran ran = setup.run("sync", "--dry-run", "--table", "public.products");

        assertThat(first.out())
                .contains("-- public.orders -> bronze.orders: 600 rows to send\n-- cursor: beginning\n-- horizon: 2");
        assertThat(ran.out())
                .startsWith("-- public.products -> bronze.products: 1 row to send\n-- cursor: 2")
                .contains("\n-- horizon: 2")
                .endsWith(" LIMIT 5001;\n")
                .doesNotContain("orders");
        String[] lines = ran.out().split("\n", -1);
        assertThat(shop.one("SELECT sku FROM (" + lines[3].replace(";", "") + ") AS page"))
                .isEqualTo("new");
        assertThat(ran.status()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(setup.run("state", "show").out()).isEqualTo(before);
        assertThat(lake.requests()).isEqualTo(requests);
    }

    @Test
    void ends_with_1_when_a_dry_run_finds_what_is_in_the_way() {
        setup.tables(Setup.THREE_TABLES.replace("source: public.orders", "source: public.order"))
                .write();

        Cli.Ran ran = setup.run("sync", "--dry-run");

        assertThat(ran.out()).contains("-- public.order -> bronze.orders: would fail\n", "25 rows to send");
        assertThat(ran.err()).startsWith("public.order -> bronze.orders: there is no table or view public.order");
        assertThat(ran.status()).isEqualTo(1);
    }

    @Test
    void waits_for_the_other_sync_when_told_to() throws InterruptedException {
        CheckpointStore.Lock other =
                CheckpointStore.file(folder.resolve("sync-state")).lock(Duration.ZERO);
        Cli.Ran impatient = setup.run("sync", "--dry-run");
        Cli.Ran[] patient = new Cli.Ran[1];
        Thread waiting = new Thread(() -> patient[0] = setup.run("sync", "--wait", "1m"));
        waiting.start();

        Cli.Ran refused = setup.run("sync", "--wait", "300ms");
        other.close();
        waiting.join();

        assertThat(impatient.status()).isZero();
        assertThat(refused.err()).containsPattern("another sync is running on .*; waited [3-9]\\d\\d+ ms");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(patient[0].status()).as(patient[0].err()).isZero();
    }

    @Test
    void shows_what_there_is_to_say_of_a_table_and_no_more() {
        CheckpointStore store = CheckpointStore.file(folder.resolve("sync-state"));
        CheckpointStore.Lock lock = store.lock(Duration.ZERO);
        store.save(Checkpoint.start("public.a", "bronze.a", null)
                .change()
                .load(new Load(
                        "2025-01-01T00:00:00Z",
                        null,
                        List.of(new Chunk(null, null, null, true), new Chunk(null, null, null, false))))
                .build());
        store.save(Checkpoint.start("public.b", "bronze.b", null)
                .change()
                .cursor(new Cursor("7", List.of()))
                .overtaken(new Overtaken("2025-01-01T00:00:00Z", "2025-01-02T00:00:00Z"))
                .marks(List.of(new Mark("2025-01-03T00:00:00Z", "7")))
                .prepared(Map.of("one", "2025-01-01T00:00:00Z"))
                .recent(Map.of("key", "digest"))
                .scanned("2025-01-04T00:00:00Z")
                .build());
        store.save(Checkpoint.start("public.c", "bronze.c", null));
        lock.close();

        Cli.Ran ran = setup.run("state", "show");

        assertThat(ran.out())
                .containsPattern("public.a +\\| bronze.a +\\| beginning +\\| +0 \\| +0 \\| 1 of 2 chunks")
                .endsWith("(3 rows)\npublic.b -> bronze.b: to be read again from 2025-01-01T00:00:00Z to"
                        + " 2025-01-02T00:00:00Z, for transactions were open; 1 mark, the last one of"
                        + " 2025-01-03T00:00:00Z; 1 prepared transaction open; 1 row remembered, not to be sent twice;"
                        + " deleted rows last looked for at 2025-01-04T00:00:00Z\n");
    }

    @Test
    void keeps_the_state_in_a_table_when_a_database_is_named() throws SQLException {
        Shop keeper = Shop.open();
        setup.more("state: { url: \"%s\", user: postgres, password: st4te-s3cret, table: my_state }\n"
                        .formatted(keeper.url()))
                .write();

        Cli.Ran sync = setup.run("sync");
        Cli.Ran rewind = setup.run("state", "rewind", "public.orders", PLACE);
        Cli.Ran again = setup.run("sync");
        Cli.Ran reset = setup.run("state", "reset", "public.products");
        Cli.Ran show = setup.run("state", "show");

        assertThat(sync.status()).as(sync.err()).isZero();
        assertThat(rewind.status()).as(rewind.err()).isZero();
        assertThat(again.out()).contains("total: 63 rows of 3 tables");
        assertThat(reset.status()).as(reset.err()).isZero();
        assertThat(show.out())
                .containsPattern("public.products +\\| bronze.products +\\| beginning")
                .endsWith("(3 rows)\n");
        assertThat(keeper.one("SELECT count(*) FROM my_state WHERE name = 'checkpoint'"))
                .isEqualTo("3");
        assertThat(Files.exists(folder.resolve("sync-state"))).isFalse();
        assertThat(sync.all() + rewind.all() + show.all()).doesNotContain("st4te");
    }

    @Test
    void keeps_the_state_at_the_url_when_only_that_is_given() throws SQLException {
        String url = shop.url().replace("jdbc:", "").replace("//", "//postgres:st4te-s3cret@");
        setup.more("state: " + url + "\n").write();

        assertThat(setup.run("sync").status()).isZero();
        assertThat(shop.one("SELECT count(*) FROM sluice_state WHERE name = 'checkpoint'"))
                .isEqualTo("3");
    }

    @Test
    void names_the_keys_of_the_state_when_its_database_cannot_be_reached() {
        setup.more("state: { url: \"jdbc:postgresql://127.0.0.1:1/none\", password: st4te-s3cret }\n")
                .write();

        for (Cli.Ran ran : List.of(setup.run("sync"), setup.run("state", "show"), setup.run("state", "reset", "x"))) {
            assertThat(ran.err())
                    .contains("cannot connect to the database 127.0.0.1:1/none", "check state.url")
                    .doesNotContain("st4te");
            assertThat(ran.status()).isEqualTo(1);
        }
        assertThat(lake.requests()).isZero();
    }

    private long count(String table) {
        return ((Number) lake.query("SELECT count(*) AS n FROM " + table).get(0).get("n")).longValue();
    }
}
