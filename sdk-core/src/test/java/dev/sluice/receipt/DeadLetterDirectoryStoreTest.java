package dev.sluice.receipt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sluice.batch.Batch;
import dev.sluice.row.Destination;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterDirectoryStoreTest extends DeadLetterStoreContract {
    private static final String HEADER =
            "{\"table\":\"bronze.events\",\"mode\":\"merge\",\"key\":\"id\",\"batch\":\"b.0\","
                    + "\"reason\":\"PARTIAL\",\"message\":\"1 of 2 rows written\",\"rows\":2,\"written\":1,\"attempts\":4,"
                    + "\"firstAttempt\":\"2026-01-02T03:04:05.006Z\",\"lastAttempt\":\"2026-01-02T03:05:06.789012Z\","
                    + "\"httpStatus\":200,\"requestId\":\"req_1\"}";

    private static final String SECRET = "Wombat-77";

    @TempDir
    Path directory;

    @Override
    protected DeadLetterStore empty() {
        return DeadLetters.directory(directory.resolve("letters"));
    }

    @Override
    protected DeadLetterStore reopened(DeadLetterStore store) {
        return empty();
    }

    private Path write(String name, String text) throws IOException {
        Files.createDirectories(directory.resolve("letters"));
        return Files.writeString(directory.resolve("letters").resolve(name), text);
    }

    private DeadLetterStore withGood() {
        DeadLetterStore store = empty();
        store.keep(letter("good", Destination.append("a.b"), DeadLetter.Reason.REJECTED, "{\"a\":1}"));
        return store;
    }

    @Test
    void reads_a_file_of_the_version_before() throws IOException {
        write("old.ndjson", HEADER + "\n{\"id\":1}\n{\"id\":2}\n");
        DeadLetter letter = empty().read("old");
        assertThat(letter.batch().destination()).hasToString("merge into bronze.events by id");
        assertThat(letter.batch().destination().tags()).isEmpty();
        assertThat(letter.batch().row(1)).asString(StandardCharsets.UTF_8).isEqualTo("{\"id\":2}");
        assertThat(letter.requestId()).isEqualTo("req_1");
        assertThat(empty().list()).extracting(DeadLetterStore.Entry::name).containsExactly("old");
    }

    @Test
    void reads_rows_that_a_person_mended() throws IOException {
        write("mended.ndjson", HEADER + "\r\n{ \"id\": 10, \"new\": [1, {}] }\r\n  {\"id\":2}");
        Batch batch = empty().read("mended").batch();
        assertThat(batch.rows()).isEqualTo(2);
        assertThat(new String(batch.row(0), StandardCharsets.UTF_8).strip())
                .isEqualTo("{ \"id\": 10, \"new\": [1, {}] }");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                SECRET,
                "{\"id\":\"" + SECRET + "\"}\n",
                "[]",
                "null",
                "{\"table\":\"" + SECRET + "\"}",
                "{\"table\":\"a.b\",\"table\":\"a.b\"}",
            })
    void names_a_file_that_is_no_letter_and_leaves_it(String text) throws IOException {
        DeadLetterStore store = withGood();
        Path foreign = write("foreign.ndjson", text);
        DamagedLetterException e = catchThrowableOfType(DamagedLetterException.class, store::list);
        assertThat(e).hasMessageContaining("foreign (its first line").hasMessageNotContaining(SECRET);
        assertThat(e.damaged()).containsExactly("foreign");
        assertThat(e.readable()).extracting(one -> one.batch().value()).containsExactly("good");
        assertThatThrownBy(() -> store.read("foreign")).isInstanceOf(DamagedLetterException.class);
        assertThatThrownBy(() -> store.remove("foreign")).isInstanceOf(DamagedLetterException.class);
        assertThat(foreign).hasContent(text);
    }

    @Test
    void names_other_files_and_folders_in_its_directory() throws IOException {
        DeadLetterStore store = withGood();
        write("notes.txt", "mine");
        Files.createDirectory(directory.resolve("letters/folder"));
        DamagedLetterException e = catchThrowableOfType(DamagedLetterException.class, store::list);
        assertThat(e.damaged()).containsExactly("folder", "notes.txt");
        assertThat(e.readable()).hasSize(1);
    }

    @Test
    void passes_over_what_was_never_kept() throws IOException {
        DeadLetterStore store = withGood();
        write("20260102T030506.789Z-a.b-b.01234.tmp", "{\"table\"");
        write(".DS_Store", "x");
        assertThat(store.list()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"table\":\"bronze.events\"=\"table\":\"events\"",
                "\"mode\":\"merge\"=\"mode\":\"append\"",
                "\"mode\":\"merge\"=\"mode\":\"replace\"",
                ",\"key\":\"id\"=",
                "\"batch\":\"b.0\"=\"batch\":\"a b\"",
                "PARTIAL=LOST",
                "\"rows\":2=\"rows\":0",
                "\"rows\":2=\"rows\":\"2\"",
                "\"rows\":2=\"rows\":2.5",
                "\"written\":1=\"written\":3",
                "\"attempts\":4=\"attempts\":-1",
                "\"message\":\"1 of 2 rows written\",=",
                "2026-01-02T03:04:05.006Z=yesterday",
                "\"httpStatus\":200=\"httpStatus\":99999999999",
                "\"requestId\":\"req_1\"=\"requestId\":null",
                "\"requestId\":\"req_1\"=\"tags\":[]",
                "\"requestId\":\"req_1\"=\"tags\":{\"a\":1}",
                "\"requestId\":\"req_1\"=\"tags\":{\"batch_id\":\"x\"}",
            })
    void names_the_field_when_a_header_is_not_valid(String change) throws IOException {
        String[] both = change.split("=", -1);
        assertThat(HEADER).contains(both[0]);
        write("x.ndjson", HEADER.replace(both[0], both[1]) + "\n{}\n{}\n");
        assertThatThrownBy(() -> empty().list())
                .isInstanceOf(DamagedLetterException.class)
                .hasMessageContaining("x (its first line has no valid \"");
    }

    @Test
    void never_gives_a_wrong_row_when_a_file_is_cut_off_anywhere() throws IOException {
        String whole = HEADER + "\n{\"id\":1,\"t\":\"" + SECRET + "漢\"}\n{\"id\":22}\n";
        byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
        write("x.ndjson", whole);
        Path file = directory.resolve("letters/x.ndjson");
        // Only the last line break may be missing.
        for (int length = 0; length < bytes.length - 1; length++) {
            Files.write(file, Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> empty().read("x"))
                    .as("cut to %s bytes", length)
                    .isInstanceOf(DamagedLetterException.class)
                    .hasMessageNotContaining(SECRET);
        }
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        assertThat(empty().read("x").batch().rows()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{}\n{}\n{}\n",
                "{}\n\n{}\n",
                "{} {}\n{}\n",
                "{}\n[]\n",
                "{}\n{\"a\":NaN}\n",
                "{},{}\n{}\n",
                "{}\n{\"a\":1",
                "{}\n{}\n\n"
            })
    void says_so_when_the_rows_are_not_those_that_were_kept(String rows) throws IOException {
        write("x.ndjson", HEADER + "\n" + rows);
        assertThatThrownBy(() -> empty().read("x")).isInstanceOf(DamagedLetterException.class);
    }

    @Test
    void keeps_rows_with_numbers_and_texts_of_any_length() {
        DeadLetterStore store = empty();
        String row = "{\"n\":" + "7".repeat(900_000) + ",\"t\":\"" + "x".repeat(900_000) + "\"}";
        store.keep(letter("b", Destination.append("a.b"), DeadLetter.Reason.TOO_LARGE, row));
        assertThat(store.read(store.list().get(0).name()).batch().row(0))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(row);
    }

    @Test
    void says_which_directory_cannot_be_read() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThatThrownBy(() -> DeadLetters.directory(file).list())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void removes_the_file_itself() {
        DeadLetterStore store = withGood();
        store.remove(store.list().get(0).name());
        assertThat(directory.resolve("letters")).isEmptyDirectory();
    }

    @Test
    void takes_no_name_that_leads_elsewhere() throws IOException {
        DeadLetterStore store = withGood();
        Path outside = Files.writeString(directory.resolve("x.ndjson"), HEADER + "\n{}\n{}\n");
        store.remove("../x");
        assertThat(outside).exists();
        assertThatThrownBy(() -> store.read("../x")).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void puts_letters_of_one_moment_in_the_order_of_their_numbers() {
        DeadLetterStore store = empty();
        IntStream.range(0, 12)
                .forEach(i -> store.keep(
                        letter("b", Destination.append("a.b"), DeadLetter.Reason.REJECTED, "{\"i\":" + i + "}")));
        assertThat(store.list())
                .extracting(one -> new String(store.read(one.name()).batch().row(0), StandardCharsets.UTF_8))
                .containsExactlyElementsOf(IntStream.range(0, 12)
                        .mapToObj(i -> "{\"i\":" + i + "}")
                        .toList());
    }
}
