package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.RowBuffer;
import dev.sluice.lake.LocalLake;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetter.Reason;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLettersTest {
    private static final String SECRET = "Wombat-77";
    private static final Destination EVENTS =
            Destination.append("bronze.events").tag("job", "night");
    private static final Destination PRODUCTS = Destination.merge("bronze.products", "sku");
    private static final Instant FIRST = Instant.parse("2026-01-02T03:04:05Z");

    private static final String MERGED = """
            tables:
              - { source: public.products, destination: bronze.products, watermark: updated_at, key: sku, mode: merge }
            """;

    @TempDir
    Path folder;

    private LocalLake lake;
    private Setup setup;
    private int kept;

    @BeforeEach
    void open() {
        lake = LocalLake.builder()
                .file(folder.resolve("lake.duckdb"))
                .apiKey(Setup.KEY)
                .port(0)
                .start();
        setup = new Setup(folder).api(lake.baseUrl()).write();
    }

    @AfterEach
    void close() {
        lake.close();
    }

    private DeadLetterStore store() {
        return DeadLetters.directory(folder.resolve("dead-letters"));
    }

    /** Keeps a letter; the result is its name. */
    private String keep(Destination to, Reason reason, String... rows) {
        RowBuffer buffer = new RowBuffer();
        Stream.of(rows).forEach(row -> buffer.add(Row.json(row)));
        Batch batch = buffer.toBatch(new BatchId("b" + kept), to);
        int written = reason == Reason.PARTIAL ? 1 : 0;
        Instant last = FIRST.plusSeconds(++kept);
        store().keep(new DeadLetter(batch, reason, "HTTP 422: no\n\u001b[2J", written, 2, FIRST, last, 422, "req_1"));
        return store().list().get(store().list().size() - 1).name();
    }

    private Object one(String sql) {
        return lake.query(sql).get(0).values().iterator().next();
    }

    @Test
    void lists_each_letter_without_its_rows() {
        keep(EVENTS, Reason.REJECTED, "{\"id\":\"" + SECRET + "\"}", "{}");
        keep(PRODUCTS, Reason.PARTIAL, "{\"sku\":\"" + SECRET + "\"}", "{\"sku\":2}");

        Cli.Ran ran = setup.run("dead-letters", "list");

        assertThat(ran.out()).isEqualTo("""
                20260102T030406.000Z-bronze.events-b0: append to bronze.events, REJECTED, 2 rows, 2 attempts until 2026-01-02T03:04:06Z
                20260102T030407.000Z-bronze.products-b1: merge into bronze.products by sku, PARTIAL, 2 rows (1 of them written), 2 attempts until 2026-01-02T03:04:07Z
                total: 2 letters with 4 rows
                """);
        assertThat(ran.err()).isEmpty();
        assertThat(ran.status()).isZero();
    }

    @Test
    void lists_nothing_when_there_is_none() {
        Cli.Ran ran = setup.run("dead-letters", "list");
        assertThat(ran.out()).isEqualTo("total: 0 letters with 0 rows\n");
        assertThat(ran.status()).isZero();
        assertThat(folder.resolve("dead-letters")).doesNotExist();
    }

    @Test
    void lists_the_chosen_letters_only() {
        keep(EVENTS, Reason.REJECTED, "{}");
        keep(EVENTS, Reason.TOO_LARGE, "{}");
        keep(PRODUCTS, Reason.REJECTED, "{\"sku\":1}");
        assertThat(setup.run("dead-letters", "list", "--table", "public.products")
                        .out())
                .contains("-b2: ", "total: 1 letter with");
        assertThat(setup.run("dead-letters", "list", "--table", "bronze.events", "--reason", "REJECTED")
                        .out())
                .contains("-b0: ", "total: 1 letter with");
        Cli.Ran none = setup.run("dead-letters", "list", "--table", "public.product");
        assertThat(none.err())
                .isEqualTo("table public.product is not in the configuration; the nearest is public.products\n");
        assertThat(none.status()).isEqualTo(2);
    }

    @Test
    void shows_what_is_known_of_a_letter_and_its_rows_only_when_asked() {
        String name = keep(EVENTS, Reason.REJECTED, "{\"id\":\"" + SECRET + "\"}", "{}");

        Cli.Ran ran = setup.run("dead-letters", "show", name);

        assertThat(ran.out())
                .startsWith("name: " + name + "\ndestination: append to bronze.events\ntags: job=night\nbatch: b0\n")
                .contains("\nmessage: HTTP 422: no [2J\n", "\nrows: 2\n", "\nHTTP status: 422\n", "\nrequest: req_1\n")
                .doesNotContain(SECRET);
        assertThat(ran.status()).isZero();
        assertThat(setup.run("dead-letters", "show", name, "--rows").out())
                .isEqualTo(ran.out() + "\n{\"id\":\"" + SECRET + "\"}\n{}\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"show", "replay", "export -"})
    void ends_with_2_when_there_is_no_letter_of_that_name(String command) {
        keep(EVENTS, Reason.REJECTED, "{}");
        Cli.Ran ran = setup.run(("dead-letters " + command + " none").split(" "));
        assertThat(ran.err())
                .isEqualTo("there is no dead letter none that can be read; dead-letters list names them\n");
        assertThat(ran.out()).isEmpty();
        assertThat(ran.status()).isEqualTo(2);
        assertThat(lake.requests()).isZero();
    }

    @Test
    void names_what_is_damaged_and_goes_on_with_the_rest() throws IOException {
        keep(EVENTS, Reason.REJECTED, "{\"id\":1}");
        Path damaged = folder.resolve("dead-letters/x.ndjson");
        Files.writeString(damaged, "{\"table\":\"" + SECRET);
        for (String command : new String[] {"list", "export -", "replay"}) {
            Cli.Ran ran = setup.run(("dead-letters " + command).split(" "));
            assertThat(ran.err()).contains("x (its first line is no JSON)").doesNotContain(SECRET);
            assertThat(ran.out()).contains("b0");
            assertThat(ran.status()).isEqualTo(1);
        }
        assertThat(setup.run("dead-letters", "show", "x").status()).isEqualTo(1);
        assertThat(damaged).exists();
        assertThat(one("SELECT count(*) FROM bronze.events")).isEqualTo(1L);
    }

    @Test
    void replays_letters_and_takes_them_out_of_the_store() {
        String name = keep(EVENTS, Reason.UNDELIVERED, "{\"id\":1}", "{\"id\":2}");
        keep(EVENTS, Reason.UNDELIVERED, "{\"id\":3}");

        Cli.Ran first = setup.run("dead-letters", "replay", name);

        assertThat(first.out())
                .isEqualTo(name + ": bronze.events, replayed, 2 of 2 rows written, 0 dead again\n"
                        + "total: 1 letter, 1 replayed, 2 rows written, 0 dead again\n");
        assertThat(first.err()).isEmpty();
        assertThat(first.status()).isZero();
        assertThat(setup.run("dead-letters", "replay").out()).endsWith("1 row written, 0 dead again\n");
        assertThat(setup.run("dead-letters", "replay").out()).isEqualTo("total: 0 letters\n");
        assertThat(one("SELECT count(*) FROM bronze.events")).isEqualTo(3L);
        assertThat(store().list()).isEmpty();
    }

    @Test
    void asks_for_a_flag_before_rows_may_come_twice() {
        String name = keep(EVENTS, Reason.PARTIAL, "{\"id\":1}", "{\"id\":2}");

        Cli.Ran refused = setup.run("dead-letters", "replay");

        assertThat(refused.err())
                .isEqualTo(name + ": some of its rows may be written already: replay it accepting duplicates"
                        + " (--accept-duplicates)\n");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(lake.requests()).isZero();
        assertThat(setup.run("dead-letters", "replay", "--accept-duplicates").status())
                .isZero();
        assertThat(store().list()).isEmpty();
    }

    @Test
    void asks_for_force_before_a_merge_is_sent_as_it_is() {
        keep(Destination.merge("bronze.other", "id"), Reason.REJECTED, "{\"id\":1}");
        Cli.Ran refused = setup.run("dead-letters", "replay");
        assertThat(refused.err()).contains("newer rows of the same keys").endsWith(" (--force)\n");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(setup.run("dead-letters", "replay", "--force").status()).isZero();
        assertThat(one("SELECT count(*) FROM bronze.other")).isEqualTo(1L);
    }

    @Test
    void replays_a_merge_by_the_rows_that_the_source_has_now() throws SQLException {
        Shop shop = Shop.open();
        setup.database(shop.url()).tables(MERGED).write();
        String name = keep(PRODUCTS, Reason.REJECTED, "{\"sku\":\"p7\",\"price\":\"0\"}", "{\"sku\":\"gone\"}");

        Cli.Ran ran = setup.run("dead-letters", "replay");

        assertThat(one("SELECT price FROM bronze.products WHERE sku = 'p7'")).hasToString("7");
        assertThat(ran.out())
                .startsWith(name + ": bronze.products, skipped, 1 of 2 rows written, 0 dead again, 1 gone\n");
        assertThat(ran.err())
                .startsWith(name + ": 1 of its 2 rows are no longer in the source")
                .endsWith(" (dead-letters remove)\n");
        assertThat(ran.status()).isEqualTo(1);
        shop.run("INSERT INTO products VALUES ('gone', 2)");
        assertThat(setup.run("dead-letters", "replay").status()).isZero();
        assertThat(store().list()).isEmpty();
    }

    @Test
    void keeps_every_letter_and_says_why_when_the_key_is_wrong() {
        keep(EVENTS, Reason.REJECTED, "{\"id\":1}");
        keep(EVENTS, Reason.REJECTED, "{\"id\":2}");
        setup.key("wrong-key-cafe").write();
        Cli.Ran ran = setup.run("dead-letters", "replay");
        assertThat(ran.err())
                .contains("Check that the API key is right", "1 letter behind it would fail likewise and was not tried")
                .doesNotContain("wrong-key-cafe", SECRET);
        assertThat(ran.status()).isEqualTo(1);
        assertThat(store().list()).hasSize(2);
    }

    @Test
    void puts_rows_that_are_refused_again_into_a_new_letter() {
        keep(Destination.merge("bronze.other", "id"), Reason.REJECTED, "{\"id\":1}");
        try (FakeApi api = FakeApi.answering(422, "application/json", "{\"error\":\"no\"}")) {
            setup.api(api.url()).write();
            Cli.Ran ran = setup.run("dead-letters", "replay", "--force");
            assertThat(ran.out()).endsWith("total: 1 letter, 1 replayed, 0 rows written, 1 dead again\n");
            assertThat(ran.err()).contains("1 row could not be delivered again and is in new letters");
            assertThat(ran.status()).isEqualTo(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(store().list())
                .singleElement()
                .satisfies(one -> assertThat(one.batch().value()).isNotEqualTo("b0"));
    }

    @Test
    void exports_each_row_with_what_is_known_of_its_letter() throws IOException {
        keep(EVENTS, Reason.REJECTED, "{\"id\":1.50}", "{ \"id\": 2 }");
        Path file = folder.resolve("out.ndjson");

        Cli.Ran ran = setup.run("dead-letters", "export", file.toString());

        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).isEqualTo("2 rows exported\n");
        assertThat(ran.status()).isZero();
        String header = "{\"letter\":{\"name\":\"20260102T030406.000Z-bronze.events-b0\",\"table\":\"bronze.events\","
                + "\"mode\":\"append\",\"tags\":{\"job\":\"night\"},\"batch\":\"b0\",\"reason\":\"REJECTED\","
                + "\"message\":\"HTTP 422: no\\n\\u001B[2J\",\"rows\":2,\"written\":0,\"attempts\":2,"
                + "\"firstAttempt\":\"2026-01-02T03:04:05Z\",\"lastAttempt\":\"2026-01-02T03:04:06Z\","
                + "\"httpStatus\":422,\"requestId\":\"req_1\"},\"row\":";
        assertThat(file).hasContent(header + "{\"id\":1.50}}\n" + header + "{ \"id\": 2 }}\n");
        assertThat(setup.run("dead-letters", "export", "-").out()).isEqualTo(Files.readString(file));
        assertThat(store().list()).hasSize(1);
    }

    @Test
    void never_overwrites_a_file_unless_told_to() throws IOException {
        keep(EVENTS, Reason.REJECTED, "{}");
        Path file = Files.writeString(folder.resolve("out.ndjson"), "mine");
        Cli.Ran refused = setup.run("dead-letters", "export", file.toString());
        assertThat(refused.err()).isEqualTo("there is a file " + file + ": name another, or add --overwrite\n");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(file).hasContent("mine");
        assertThat(setup.run("dead-letters", "export", file.toString(), "--overwrite")
                        .status())
                .isZero();
        assertThat(file).content().startsWith("{\"letter\":");
    }

    @Test
    void leaves_no_file_when_it_cannot_be_written() throws IOException {
        keep(EVENTS, Reason.REJECTED, "{}");
        Cli.Ran ran =
                setup.run("dead-letters", "export", folder.resolve("none/out").toString());
        assertThat(ran.err()).startsWith("cannot write " + folder.resolve("none/out"));
        assertThat(ran.status()).isEqualTo(1);
        Path among = folder.resolve("dead-letters/out.ndjson");
        assertThat(setup.run("dead-letters", "export", among.toString()).status())
                .isEqualTo(2);
        assertThat(among).doesNotExist();
    }

    @Test
    void refuses_to_export_among_the_dead_letters_by_way_of_a_link() throws IOException {
        keep(EVENTS, Reason.REJECTED, "{}");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("dead-letters"));
        Cli.Ran ran = setup.run("dead-letters", "export", link.resolve("out").toString());
        assertThat(ran.err()).contains("lies among the dead letters");
        assertThat(ran.status()).isEqualTo(2);
        assertThat(store().list()).hasSize(1);
    }

    @Test
    void exports_what_ends_a_line_inside_a_value_as_it_is() {
        keep(EVENTS, Reason.REJECTED, "{\"a\":\"1\u20282\u20293\u00854\",\r\n\"b\":2}");
        String line = setup.run("dead-letters", "export", "-").out();
        assertThat(line).endsWith("\"row\":{\"a\":\"1\u20282\u20293\u00854\",  \"b\":2}}\n");
    }

    @Test
    void removes_letters_that_are_named_and_no_other() {
        String first = keep(EVENTS, Reason.REJECTED, "{\"id\":1}", "{\"id\":2}");
        keep(EVENTS, Reason.REJECTED, "{\"id\":3}");
        assertThat(setup.run("dead-letters", "remove").status()).isEqualTo(2);
        assertThat(setup.run("dead-letters", "remove", first, "none").status()).isEqualTo(2);
        assertThat(store().list()).hasSize(2);

        Cli.Ran ran = setup.run("dead-letters", "remove", first);

        assertThat(ran.out()).isEqualTo(first + ": removed with 2 rows\n");
        assertThat(ran.status()).isZero();
        assertThat(store().list()).hasSize(1).noneMatch(one -> one.name().equals(first));
    }

    @Test
    void replays_what_a_sync_has_buried() throws Exception {
        Shop shop = Shop.open();
        setup.database(shop.url()).tables(MERGED).write();
        try (FakeApi api = FakeApi.answering(413, "application/json", "{\"error\":\"too large\"}")) {
            shop.run("DELETE FROM products WHERE sku <> 'p7'");
            setup.api(api.url()).write();
            assertThat(setup.run("sync").err()).contains("1 row could not be delivered");
        }
        setup.api(lake.baseUrl()).write();
        assertThat(setup.run("dead-letters", "list").out()).contains("TOO_LARGE, 1 row, ");
        assertThat(setup.run("dead-letters", "replay", "--table", "public.products")
                        .status())
                .isZero();
        assertThat(one("SELECT price FROM bronze.products")).hasToString("7");
        assertThat(setup.run("dead-letters", "list").out()).isEqualTo("total: 0 letters with 0 rows\n");
    }
}
