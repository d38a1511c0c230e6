package dev.sluice.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.Replay;
import dev.sluice.ReplayReport;
import dev.sluice.ReplayReport.Status;
import dev.sluice.StreamClient;
import dev.sluice.Timing;
import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.RowBuffer;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.source.PageSource;
import dev.sluice.jdbc.source.Stamps;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.source.Transactions;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import dev.sluice.row.WriteMode;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Dead letters of merged tables, replayed by the rows that are in the database now. */
final class LetterReplayTest {
    private static final TablePlan CUSTOMERS = TablePlan.of("customers", "bronze.customers")
            .watermark("updated_at")
            .key("id")
            .mode(WriteMode.MERGE);
    private static final Destination BY_ID = Destination.merge("bronze.customers", "id");
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    Path directory;

    private final TestDatabase db = new TestDatabase();
    private final RecordingLake lake = new RecordingLake();
    private final StreamClient client = StreamClient.builder().transport(lake).build();
    private final CheckpointStore checkpoints = CheckpointStore.inMemory();

    @BeforeEach
    void create_customers() {
        db.run(
                "CREATE TABLE customers (id bigint PRIMARY KEY, name text, deleted boolean, updated_at timestamptz NOT NULL)",
                "INSERT INTO customers SELECT i, 'now ' || i, i = 3, '2025-01-01 00:00:00.123456Z'"
                        + " FROM generate_series(1, 5) i");
    }

    @AfterEach
    void close() {
        client.close();
        db.close();
    }

    private DeadLetterStore store() {
        return DeadLetters.directory(directory.resolve("letters"));
    }

    private void keep(String id, Destination to, String... rows) {
        RowBuffer buffer = new RowBuffer();
        Stream.of(rows).forEach(row -> buffer.add(Row.json(row)));
        Batch batch = buffer.toBatch(new BatchId(id), to);
        store().keep(new DeadLetter(batch, DeadLetter.Reason.REJECTED, "no", 0, 1, TIME, TIME, 400, null));
    }

    private JdbcExtractor extractor(TablePlan... plans) {
        JdbcExtractor.Builder extractor =
                JdbcExtractor.builder(db.dataSource(), client).readAhead(false).checkpoints(checkpoints);
        List.of(plans).forEach(extractor::table);
        return extractor.build();
    }

    private ReplayReport replay(TablePlan... plans) {
        return extractor(plans).replay(Replay.of(client, store()));
    }

    private ReplayReport.Letter only(ReplayReport report) {
        assertThat(report.letters()).hasSize(1);
        return report.letters().get(0);
    }

    @Test
    void sends_the_rows_that_are_there_now() {
        keep("b", BY_ID, "{\"id\":4,\"name\":\"old\",\"extra\":{\"id\":1}}", "{\"name\":\"old\",\"id\":2}");
        assertThat(replay(CUSTOMERS).isClean()).isTrue();
        assertThat(lake.values("name")).containsExactly("now 2", "now 4");
        assertThat(lake.values("updated_at")).containsOnly("2025-01-01T00:00:00.123456Z");
        assertThat(lake.batches().get(0).destination()).hasToString("merge into bronze.customers by id");
        assertThat(store().list()).isEmpty();
    }

    @Test
    void sends_what_a_sync_sends() {
        extractor(CUSTOMERS).syncOnce();
        List<JsonNode> synced = lake.rows();
        keep(
                "b",
                BY_ID,
                IntStream.rangeClosed(1, 5).mapToObj(i -> "{\"id\":" + i + "}").toArray(String[]::new));
        replay(CUSTOMERS);
        assertThat(lake.rows().subList(5, 10)).isEqualTo(synced);
    }

    @Test
    void stamps_rows_as_newer_than_all_before_and_older_than_all_behind() {
        TablePlan stamped = CUSTOMERS.cdc(true).softDelete("deleted");
        extractor(stamped).syncOnce();
        Checkpoint ahead = checkpoints.list().get(0).numbered(9_000_000_000_000_000L);
        Saves.locked(checkpoints, ahead);
        keep("b", BY_ID, "{\"id\":3}", "{\"id\":4}");
        replay(stamped);
        db.run("UPDATE customers SET updated_at = now() WHERE id = 1");
        // Until that lies below the horizon.
        db.one("SELECT pg_sleep(0.2)");
        extractor(stamped).syncOnce();
        assertThat(lake.values("_cdc_op").subList(5, 8)).containsExactly("d", "u", "u");
        assertThat(lake.values("_cdc_seq").subList(5, 8))
                .containsExactly("9000000000000001", "9000000000000002", "9000000000000003");
    }

    @Test
    void sends_the_same_id_again_when_it_was_cut_off_and_another_when_a_row_has_changed() {
        TablePlan stamped = CUSTOMERS.cdc(true);
        for (int i = 0; i < 2; i++) {
            keep("b", BY_ID, "{\"id\":1}");
            replay(stamped);
        }
        db.run("UPDATE customers SET name = 'newer' WHERE id = 1");
        keep("b", BY_ID, "{\"id\":1}");
        replay(stamped);
        assertThat(lake.ids().get(0)).isNotEqualTo("b").isEqualTo(lake.ids().get(1));
        assertThat(lake.ids().get(2)).isNotEqualTo(lake.ids().get(0));
    }

    @Test
    void counts_rows_that_are_gone_and_keeps_their_letter() {
        keep("b", BY_ID, "{\"id\":1}", "{\"id\":77}", "{\"id\":2}");
        ReplayReport.Letter letter = only(replay(CUSTOMERS));
        assertThat(letter.status()).isEqualTo(Status.SKIPPED);
        assertThat(letter.gone()).isEqualTo(1);
        assertThat(letter.written()).isEqualTo(2);
        assertThat(lake.values("id")).containsExactly("1", "2");
        assertThat(store().list()).hasSize(1);
    }

    @Test
    void sends_nothing_when_all_rows_are_gone() {
        keep("b", BY_ID, "{\"id\":77}");
        assertThat(only(replay(CUSTOMERS)).gone()).isEqualTo(1);
        assertThat(lake.batches()).isEmpty();
    }

    @Test
    void finds_every_row_when_a_letter_has_thousands() {
        db.run("INSERT INTO customers SELECT i, 'n', false, '2025-01-01Z' FROM generate_series(6, 4500) i");
        keep(
                "b",
                BY_ID,
                IntStream.rangeClosed(1, 4_501)
                        .mapToObj(i -> "{\"id\":" + i + "}")
                        .toArray(String[]::new));
        assertThat(only(replay(CUSTOMERS)).gone()).isEqualTo(1);
        assertThat(lake.batches()).hasSize(1);
        assertThat(lake.values("id")).hasSize(4_500).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "int | 100",
                "bigint | -9223372036854775808",
                "numeric | 12345678901234567890.123456789012345678901234567890",
                "numeric(10,2) | 1.50",
                "text | O'Neil \"x\" \\ 漢 %",
                "char(8) | ab",
                "uuid | 7d444840-9dc0-11d1-b245-5ffdce74fad2",
                "boolean | true",
                "date | 0044-03-15 BC",
                "date | 2025-01-01",
                "date | infinity",
                "timestamp | 2025-01-01 00:00:00.000001",
                "timestamptz | 2025-01-01 00:00:00.000001+02",
                "timestamptz | 0001-12-31 23:59:59.999999+00 BC",
                "timestamptz | -infinity",
                "bytea | \\x00ff10",
                "double precision | 0.1",
                "double precision | NaN",
                "real | 1e-30",
                "interval | 1 mon 2 days 03:04:05.000006",
                "money | 12.34",
                "time | 12:34:56.000001",
                "inet | 10.0.0.0/8"
            })
    void finds_rows_by_keys_of_every_type(String type, String value) {
        db.run("CREATE TABLE typed (k " + type + " PRIMARY KEY, updated_at timestamptz NOT NULL)");
        db.run("INSERT INTO typed VALUES ('" + value.replace("'", "''") + "', '2025-01-01Z')");
        TablePlan typed = TablePlan.of("typed", "bronze.typed")
                .watermark("updated_at")
                .key("k")
                .mode(WriteMode.MERGE);
        extractor(typed).syncOnce();
        String sent = lake.rows().get(0).toString();
        store().keep(new DeadLetter(
                lake.batches().get(0), DeadLetter.Reason.REJECTED, "no", 0, 1, TIME, TIME, 400, null));
        assertThat(replay(typed).isClean()).isTrue();
        assertThat(lake.rows().get(1)).hasToString(sent);
    }

    /** A merge goes by one column, so this is what a source offers rather than what a replay asks for. */
    @Test
    void finds_rows_by_keys_of_several_columns() {
        db.run(
                "CREATE TABLE lines (id bigint, day date, n numeric, updated_at timestamptz NOT NULL, PRIMARY KEY (id, day))",
                "INSERT INTO lines SELECT i, d, i * 10 + d - '2025-01-01', '2025-01-01Z'"
                        + " FROM generate_series(1, 3) i, (VALUES (date '2025-01-01'), (date '2025-01-02')) v(d)");
        TablePlan plan =
                TablePlan.of("lines", "bronze.lines").watermark("updated_at").key("id", "day");
        RowBuffer sent = new RowBuffer();
        sent.add(Row.json("{\"day\":\"2025-01-02\",\"id\":3}"));
        sent.add(Row.json("{\"day\":\"2025-01-01\",\"id\":1}"));
        sent.add(Row.json("{\"day\":\"2025-01-03\",\"id\":1}"));
        Transactions transactions = new Transactions(
                db.dataSource(),
                Dialect.postgresql(),
                Duration.ofMinutes(1),
                Transactions.RETRIES,
                new Waits(Timing.system()));
        PageSource lines = PageSource.open(transactions, plan);
        Batch found = lines.current(
                        lines.keys(sent.toBatch(new BatchId("b"), Destination.append("bronze.lines"))),
                        new Stamps(1, TIME.toString()))
                .orElseThrow();
        assertThat(List.of(new String(found.row(0), UTF_8), new String(found.row(1), UTF_8)))
                .containsExactly(
                        "{\"id\":1,\"day\":\"2025-01-01\",\"n\":\"10\",\"updated_at\":\"2025-01-01T00:00:00Z\"}",
                        "{\"id\":3,\"day\":\"2025-01-02\",\"n\":\"31\",\"updated_at\":\"2025-01-01T00:00:00Z\"}");
    }

    @Test
    void fails_when_a_row_has_no_value_for_the_key() {
        keep("b", BY_ID, "{\"id\":1}", "{\"id\":[1]}");
        ReplayReport.Letter letter = only(replay(CUSTOMERS));
        assertThat(letter.error()).isInstanceOf(SourceException.class);
        assertThat(letter.why())
                .isEqualTo(
                        "row 1 of a letter for public.customers has no value that it can be looked" + " up by in id");
    }

    @Test
    void fails_without_quoting_when_the_key_is_of_another_type() {
        keep("b", BY_ID, "{\"id\":\"Wombat-77\"}");
        ReplayReport.Letter letter = only(replay(CUSTOMERS));
        assertThat(letter.status()).isEqualTo(Status.FAILED);
        assertThat(letter.why()).contains("SQLSTATE 22P02").doesNotContain("Wombat");
        assertThat(store().list()).hasSize(1);
    }

    @Test
    void leaves_letters_alone_that_are_not_this_extractors() {
        keep("b1", Destination.merge("bronze.customers", "email"), "{\"email\":\"x\",\"id\":1}");
        keep("b2", Destination.merge("bronze.other", "id"), "{\"id\":1}");
        ReplayReport report = replay(CUSTOMERS);
        assertThat(report.letters(Status.SKIPPED)).hasSize(2);
        assertThat(lake.batches()).isEmpty();
    }

    @Test
    void sends_letters_for_an_append_as_they_are() {
        keep("b", Destination.append("bronze.customers"), "{\"id\":1,\"name\":\"old\"}");
        assertThat(replay(CUSTOMERS.mode(WriteMode.APPEND)).isClean()).isTrue();
        assertThat(lake.values("name")).containsExactly("old");
    }

    @Test
    void looks_nothing_up_while_another_runner_has_the_checkpoints() {
        keep("b1", BY_ID, "{\"id\":1}");
        keep("b2", Destination.append("bronze.events"), "{\"id\":2}");
        CheckpointStore files = CheckpointStore.file(directory.resolve("state"));
        JdbcExtractor extractor = JdbcExtractor.builder(db.dataSource(), client)
                .readAhead(false)
                .checkpoints(files)
                .table(CUSTOMERS)
                .build();
        CheckpointStore.Lock other = files.lock(Duration.ZERO);
        ReplayReport report = extractor.replay(Replay.of(client, store()));
        other.close();
        assertThat(report.letters(Status.FAILED))
                .singleElement()
                .satisfies(letter -> assertThat(letter.error()).isInstanceOf(CheckpointException.class));
        assertThat(report.letters(Status.REPLAYED)).hasSize(1);
        assertThat(extractor.replay(Replay.of(client, store())).isClean()).isTrue();
        files.lock(Duration.ZERO).close();
    }

    @Test
    void looks_nothing_up_in_another_database_than_was_synced() {
        extractor(CUSTOMERS).syncOnce();
        keep("b", BY_ID, "{\"id\":1}");
        try (TestDatabase other = new TestDatabase()) {
            other.run("CREATE TABLE customers (id bigint PRIMARY KEY, updated_at timestamptz NOT NULL)");
            JdbcExtractor wrong = JdbcExtractor.builder(other.dataSource(), client)
                    .readAhead(false)
                    .checkpoints(checkpoints)
                    .table(CUSTOMERS)
                    .build();
            ReplayReport.Letter letter = only(wrong.replay(Replay.of(client, store())));
            assertThat(letter.error()).isInstanceOf(CheckpointException.class);
            assertThat(letter.gone()).isZero();
        }
    }

    @Test
    void counts_a_key_once_that_several_rows_of_a_letter_have() {
        keep("b", BY_ID, "{\"id\":1,\"name\":\"older\"}", "{\"id\":1,\"name\":\"old\"}");
        assertThat(replay(CUSTOMERS).isClean()).isTrue();
        assertThat(lake.values("name")).containsExactly("now 1");
        assertThat(store().list()).isEmpty();
    }

    @Test
    void keeps_a_letter_when_one_row_is_gone_and_another_has_come_twice() {
        db.run("CREATE VIEW twice AS SELECT * FROM customers UNION ALL SELECT * FROM customers");
        TablePlan twice = TablePlan.of("twice", "bronze.customers")
                .watermark("updated_at")
                .key("id")
                .mode(WriteMode.MERGE);
        keep("b", BY_ID, "{\"id\":1}", "{\"id\":77}");
        assertThat(only(replay(twice)).why()).contains("several rows of the same key (id)");
        assertThat(lake.batches()).isEmpty();
        assertThat(store().list()).hasSize(1);
    }

    @Test
    void looks_nothing_up_when_a_replay_is_used_again_behind_the_extractors_back() {
        Replay replay = Replay.of(client, store());
        keep("b1", BY_ID, "{\"id\":1}");
        JdbcExtractor extractor = extractor(CUSTOMERS);
        extractor.replay(replay);
        keep("b2", BY_ID, "{\"id\":2}");
        ReplayReport.Letter letter = only(replay.run());
        assertThat(letter.status()).isEqualTo(Status.FAILED);
        assertThat(letter.why()).contains("JdbcExtractor.replay again");
        assertThat(lake.values("id")).containsExactly("1");
        assertThat(extractor.replay(replay).isClean()).isTrue();
    }

    @Test
    void fails_when_the_key_is_not_unique_in_the_source() {
        db.run("CREATE VIEW twice AS SELECT * FROM customers UNION ALL SELECT * FROM customers");
        TablePlan twice = TablePlan.of("twice", "bronze.customers")
                .watermark("updated_at")
                .key("id")
                .mode(WriteMode.MERGE);
        keep("b", BY_ID, "{\"id\":1}");
        assertThat(only(replay(twice)).why()).contains("several rows of the same key (id)");
        assertThat(lake.batches()).isEmpty();
    }
}
