package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.Replay;
import dev.sluice.StreamClient;
import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.Mask;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.row.WriteMode;
import dev.sluice.spool.Spool;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is sent in place of values, and that the values are sent nowhere. */
final class MaskTest {
    private static final String SECRET = "xq7secret9zk";
    private static final Mask HASH = Mask.sha256("a salt of some length");

    private static final TablePlan PEOPLE =
            TablePlan.of("people", "bronze.people").watermark("updated_at").key("id");

    @TempDir
    Path directory;

    private final TestSync sync = new TestSync();

    @BeforeEach
    void create_people() {
        sync.db.run(
                "CREATE TABLE people (id text PRIMARY KEY, secret text, n int,"
                        + " updated_at timestamptz NOT NULL DEFAULT now() - interval '1 hour')",
                "INSERT INTO people VALUES ('a', '" + SECRET + "', 7), ('b', NULL, 7), ('c', '" + SECRET
                        + "', NULL), ('d', '\uD83D\uDE00\uD83D\uDE01x', 12345)");
    }

    @AfterEach
    void close() {
        sync.close();
    }

    @Test
    void gives_the_hmac_of_rfc_4231() {
        sync.db.run("UPDATE people SET secret = 'what do ya want for nothing?' WHERE id = 'a'");
        assertThat(values("secret", Mask.sha256("Jefe")).get(0))
                .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    @Test
    void keeps_equal_values_equal_and_null_null() {
        List<String> masks = values("secret", HASH);
        assertThat(masks.get(0)).hasSize(64).isEqualTo(masks.get(2)).isNotEqualTo(masks.get(3));
        assertThat(masks.get(1)).isEqualTo("null");
    }

    @Test
    void sends_strings_when_the_column_has_numbers() {
        assertThat(sync.rows(PEOPLE.mask("n", Mask.truncate(2))))
                .extracting(row -> row.path("n").toString())
                .containsExactly("\"7\"", "\"7\"", "null", "\"12\"");
    }

    @Test
    void truncates_between_characters() {
        assertThat(values("secret", Mask.truncate(1))).containsExactly("x", "null", "x", "\uD83D\uDE00");
    }

    @Test
    void sends_nothing_or_one_text_for_every_row() {
        JsonNode row = sync.rows(PEOPLE.mask("secret", Mask.nulled()).mask("n", Mask.constant("***")))
                .get(2);
        assertThat(row.path("secret").isNull()).isTrue();
        assertThat(row.path("n").asText()).isEqualTo("***");
    }

    @Test
    void never_prints_its_salt() {
        assertThat(Mask.sha256("pepper")).hasToString("sha256(salt not shown)");
        assertThatThrownBy(() -> Mask.sha256("")).hasMessageContaining("needs a salt");
        assertThatThrownBy(() -> Mask.truncate(-1)).hasMessageContaining("found -1");
    }

    @Test
    void merges_by_a_hashed_key_and_moves_on_by_the_real_one() {
        TablePlan plan = PEOPLE.mode(WriteMode.MERGE).cdc(true).mask("id", HASH);
        assertThat(sync.sync(1, plan).rows()).isEqualTo(4);
        assertThat(sync.lake.values("id")).doesNotHaveDuplicates().allMatch(id -> id.length() == 64);
        assertThat(sync.sync(1, plan).rows()).isZero();
        sync.db.run("UPDATE people SET updated_at = now()");
        sync.waitForHorizon();
        assertThat(sync.sync(1, plan).rows()).isEqualTo(4);
        assertThat(sync.checkpoint().cursor().key()).containsExactly("d");
        assertThat(sync.sync(1, plan).rows()).isZero();
    }

    @Test
    void refuses_a_key_that_would_not_tell_rows_apart() {
        TablePlan plan = PEOPLE.mask("id", Mask.truncate(3));
        assertThat(sync.sync(10, plan.mode(WriteMode.MERGE)).error())
                .hasMessageContaining("masks its key id by truncate(3)");
        assertThat(sync.sync(10, plan.cdc(true)).error()).hasMessageContaining("masks its key id by truncate(3)");
        assertThat(sync.sync(10, plan).error()).isNull();
    }

    @Test
    void refuses_a_mask_for_a_column_that_was_renamed_since() {
        TablePlan plan = PEOPLE.mask("secret", HASH);
        sync.rows(plan);
        sync.db.run(
                "ALTER TABLE people RENAME secret TO secret2", "UPDATE people SET updated_at = now() - interval '1 s'");
        assertThat(sync.sync(10, plan).error()).hasMessageContaining("has no column secret to be its masked column");
        assertThat(sync.lake.rows()).hasSize(4);
    }

    @Test
    void leaves_letters_as_they_are_when_the_key_is_masked() {
        TablePlan plan = PEOPLE.mode(WriteMode.MERGE).mask("id", HASH);
        sync.rows(plan);
        var letters = DeadLetters.directory(directory.resolve("letters"));
        Instant time = Instant.EPOCH;
        letters.keep(new DeadLetter(
                sync.lake.batches().get(0), DeadLetter.Reason.REJECTED, "no", 0, 1, time, time, 400, null));
        sync.extractor(10, plan).replay(Replay.of(sync.client(), letters));
        assertThat(sync.lake.rows()).hasSize(4);
        assertThat(letters.list()).hasSize(1);
    }

    @Test
    void has_batch_ids_that_say_nothing_of_a_hashed_key() throws Exception {
        sync.db.run("DELETE FROM people WHERE id <> 'd'");
        sync.rows(PEOPLE.mask("id", HASH));
        Batch batch = sync.lake.batches().get(0);
        long epoch = sync.checkpoint().epoch();
        String guess = BatchId.derived(
                        Long.toString(epoch), "append to bronze.people", "public.people", "beginning", "d", hash(batch))
                .value();
        String masked = BatchId.derived(
                        Long.toString(epoch),
                        "append to bronze.people",
                        "public.people",
                        "beginning",
                        sync.lake.values("id").get(0),
                        hash(batch))
                .value();
        assertThat(batch.id().value()).isEqualTo(masked).isNotEqualTo(guess);
    }

    @Test
    void lets_no_secret_out_when_everything_goes_wrong() throws IOException {
        sync.db.run("CREATE VIEW bad AS SELECT id, secret, secret::int AS n, updated_at FROM people");
        TablePlan masked = PEOPLE.mode(WriteMode.MERGE).mask("secret", HASH);
        StringBuilder seen = new StringBuilder();
        try (StreamClient refused = StreamClient.builder()
                .maxInFlight(1)
                .transport(new RefusingLake())
                .build()) {
            seen.append(text(run(refused, masked)));
        }
        seen.append(text(sync.sync(10, masked)));
        seen.append(text(sync.sync(10, masked.filter("secret::int > 3"))));
        seen.append(text(sync.sync(
                10,
                TablePlan.of("bad", "bronze.bad")
                        .watermark("updated_at")
                        .key("id")
                        .mask("secret", Mask.truncate(0)))));
        seen.append(text(sync.sync(
                10,
                TablePlan.of("people", "bronze.x")
                        .watermark("updated_at")
                        .key("id")
                        .exclude("secret")
                        .transform(row -> {
                            throw new IllegalStateException(row.toString());
                        }))));
        throughSpoolAndLetters(masked);
        sync.lake.batches().forEach(batch -> seen.append(batch(batch)));
        assertThat(seen.toString()).doesNotContain(SECRET).contains(hashed());
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(SECRET);
            }
        }
    }

    private void throughSpoolAndLetters(TablePlan plan) {
        try (StreamClient client = StreamClient.builder()
                .maxInFlight(1)
                .transport(sync.lake)
                .spool(Spool.sqlite(directory.resolve("spool.db")))
                .build()) {
            assertThat(run(client, plan).rows()).isEqualTo(4);
            client.close(Duration.ofSeconds(30));
        }
        var letters = DeadLetters.directory(directory.resolve("letters"));
        try (StreamClient client = StreamClient.builder()
                .maxInFlight(1)
                .transport(new RefusingLake())
                .deadLetters(letters)
                .build()) {
            assertThat(run(client, plan).rows()).isEqualTo(4);
        }
        assertThat(letters.list()).isNotEmpty();
    }

    private TableReport run(StreamClient client, TablePlan plan) {
        return JdbcExtractor.builder(sync.db.dataSource(), client)
                .readAhead(false)
                .checkpoints(CheckpointStore.inMemory())
                .table(plan)
                .build()
                .syncOnce()
                .tables()
                .get(0);
    }

    private String hashed() {
        return values("secret", HASH).get(0);
    }

    /** The report and its error, with all causes, suppressed ones and stack traces. */
    private static String text(TableReport report) {
        StringWriter text = new StringWriter();
        if (report.error() != null) {
            report.error().printStackTrace(new PrintWriter(text));
        }
        return report + "\n" + text;
    }

    private static String batch(Batch batch) {
        StringBuilder text = new StringBuilder(batch + " " + batch.destination());
        for (int i = 0; i < batch.rows(); i++) {
            text.append(new String(batch.row(i), StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    private static String hash(Batch batch) throws Exception {
        byte[] row = batch.row(0);
        byte[] open = java.util.Arrays.copyOf(row, row.length - 1);
        return java.util.HexFormat.of()
                .formatHex(java.security.MessageDigest.getInstance("SHA-256").digest(open));
    }

    private List<String> values(String column, Mask mask) {
        return sync
                .rows(TablePlan.of("people", "bronze.people" + System.nanoTime())
                        .watermark("updated_at")
                        .key("id")
                        .mask(column, mask))
                .stream()
                .map(row -> row.path(column).asText())
                .toList();
    }
}
