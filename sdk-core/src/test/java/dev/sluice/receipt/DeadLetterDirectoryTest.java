package dev.sluice.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.RowBuffer;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterDirectoryTest {
    private static final Instant FIRST = Instant.parse("2026-01-02T03:04:05.006Z");
    private static final Instant LAST = Instant.parse("2026-01-02T03:05:06.789012Z");

    @TempDir
    Path directory;

    private static DeadLetter letter(String table, String id, String message, String... rows) {
        RowBuffer buffer = new RowBuffer();
        Stream.of(rows).forEach(row -> buffer.add(Row.json(row)));
        Batch batch = buffer.toBatch(new BatchId(id), Destination.merge(table, "id"));
        return new DeadLetter(batch, DeadLetter.Reason.PARTIAL, message, 1, 4, FIRST, LAST, 200, "req_1");
    }

    private static DeadLetter letter() {
        return letter("bronze.events", "b.0", "1 of 2 rows written", "{\"id\":1}", "{\"id\":2}");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private Path onlyFile() throws IOException {
        assertThat(files()).hasSize(1);
        return files().get(0);
    }

    @Test
    void writes_a_header_and_then_one_row_a_line() throws IOException {
        DeadLetters.directory(directory).keep(letter());
        List<String> lines = Files.readAllLines(onlyFile());
        assertThat(lines.subList(1, lines.size())).containsExactly("{\"id\":1}", "{\"id\":2}");
        assertThat(lines.get(0))
                .isEqualTo("{\"table\":\"bronze.events\",\"mode\":\"merge\",\"key\":\"id\",\"batch\":\"b.0\","
                        + "\"reason\":\"PARTIAL\",\"message\":\"1 of 2 rows written\",\"rows\":2,\"written\":1,\"attempts\":4,"
                        + "\"firstAttempt\":\"2026-01-02T03:04:05.006Z\",\"lastAttempt\":\"2026-01-02T03:05:06.789012Z\","
                        + "\"httpStatus\":200,\"requestId\":\"req_1\"}");
    }

    @Test
    void names_the_file_by_time_table_and_batch() throws IOException {
        DeadLetters.directory(directory).keep(letter());
        assertThat(onlyFile().getFileName()).hasToString("20260102T030506.789Z-bronze.events-b.0.ndjson");
    }

    @Test
    void keeps_one_row_a_line_when_rows_are_pretty_printed() throws IOException {
        String pretty = "{\r\n  \"id\" : 1,\n  \"text\" : \"a\\nb\"\n}\n";
        DeadLetters.directory(directory).keep(letter("a.b", "b", "m", pretty, "{}"));
        List<String> lines = Files.readAllLines(onlyFile());
        assertThat(lines).hasSize(3);
        ObjectMapper jackson = new ObjectMapper();
        assertThat(jackson.readTree(lines.get(1))).isEqualTo(jackson.readTree(pretty));
    }

    @Test
    void makes_the_directory_and_leaves_no_unfinished_file() throws IOException {
        Path below = directory.resolve("x").resolve("y");
        DeadLetters.directory(below).keep(letter());
        assertThat(onlyFile().getParent()).isEqualTo(below);
        assertThat(onlyFile()).hasFileName("20260102T030506.789Z-bronze.events-b.0.ndjson");
    }

    @Test
    void leaves_no_unfinished_file_when_writing_breaks_off() throws IOException {
        DeadLetter broken = letter("a.b", "b", null, "{}");
        assertThatThrownBy(() -> DeadLetters.directory(directory).keep(broken))
                .isInstanceOf(NullPointerException.class);
        assertThat(files()).isEmpty();
    }

    @Test
    void never_overwrites_a_file() throws IOException {
        DeadLetters keeper = DeadLetters.directory(directory);
        keeper.keep(letter("a.b", "b", "first", "{}"));
        keeper.keep(letter("a.b", "b", "second", "{}"));
        keeper.keep(letter("a.b", "b", "third", "{}"));
        assertThat(files()).extracting(file -> message(file)).containsExactlyInAnyOrder("first", "second", "third");
    }

    @Test
    void never_overwrites_a_file_when_several_threads_write_the_same_name() throws Exception {
        // Each of them knows nothing of the other, as if it were another process.
        DeadLetters[] keepers = {DeadLetters.directory(directory), DeadLetters.directory(directory)};
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CountDownLatch start = new CountDownLatch(1);
        for (int thread = 0; thread < 8; thread++) {
            DeadLetters keeper = keepers[thread % 2];
            threads.submit(() -> {
                start.await();
                for (int i = 0; i < 40; i++) {
                    keeper.keep(letter());
                }
                return null;
            });
        }
        start.countDown();
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(files()).hasSize(320).allMatch(file -> file.toString().endsWith(".ndjson"));
    }

    private static String message(Path file) {
        try {
            JsonNode header =
                    new ObjectMapper().readTree(Files.readAllLines(file).get(0));
            return header.get("message").asText();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc.x/y", "a/b.c", "a\\b.c", "C:.x", "../x", "ä😀.*?", "a.|<>"})
    void stays_in_its_directory_when_a_table_has_odd_characters(String table) throws IOException {
        Path inner = directory.resolve("inner");
        DeadLetters.directory(inner).keep(letter(table.replace("../x", "-/x.y"), "b:1", "m", "{}"));
        assertThat(onlyFile().getParent()).isEqualTo(inner);
        assertThat(onlyFile().getFileName().toString()).matches("[A-Za-z0-9._-]+\\.ndjson");
    }

    @Test
    void keeps_rows_when_names_are_very_long() throws IOException {
        DeadLetters keeper = DeadLetters.directory(directory);
        keeper.keep(letter("a." + "b".repeat(5_000), "i".repeat(200), "m", "{}"));
        keeper.keep(letter("a." + "b".repeat(5_000), "j".repeat(200), "m", "{}"));
        keeper.keep(letter("a." + "b".repeat(5_000), "k".repeat(100), "m", "{}"));
        assertThat(files())
                .hasSize(3)
                .allMatch(file -> file.toString().endsWith(".ndjson"))
                .anyMatch(file -> file.toString().endsWith("-" + "j".repeat(200) + ".ndjson"))
                .anyMatch(file -> file.toString().endsWith("bb-" + "k".repeat(100) + ".ndjson"));
    }

    @Test
    void keeps_rows_when_the_message_is_very_long() throws IOException {
        DeadLetterStore keeper = DeadLetters.directory(directory);
        keeper.keep(letter("a.b", "b", "\u0001".repeat(2_000_000), "{}"));
        assertThat(keeper.list())
                .singleElement()
                .satisfies(entry -> assertThat(entry.message()).hasSize(50_004).endsWith(" ..."));
        assertThat(keeper.read(keeper.list().get(0).name()).batch().rows()).isEqualTo(1);
    }

    @Test
    void keeps_rows_when_the_message_has_half_of_a_surrogate_pair() throws IOException {
        DeadLetters.directory(directory).keep(letter("a.b", "b", "cut \uD83D", "{}"));
        assertThat(message(onlyFile())).isEqualTo("cut ?");
    }

    @Test
    void writes_utf8() throws IOException {
        DeadLetters.directory(directory).keep(letter("a.b", "b", "naïve 😀", "{\"t\":\"漢\"}"));
        assertThat(Files.readString(onlyFile(), StandardCharsets.UTF_8))
                .contains("naïve 😀")
                .endsWith("\n{\"t\":\"漢\"}\n");
    }

    @Test
    void fails_when_it_cannot_write() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> DeadLetters.directory(file.resolve("below")).keep(letter()))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot keep 2 dead rows of batch b.0 in " + file);
    }
}
