package dev.sluice.spool;

import static dev.sluice.spool.Samples.TABLE;
import static dev.sluice.spool.Samples.batch;
import static dev.sluice.spool.Samples.letter;
import static dev.sluice.spool.Samples.told;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.DamagedLetterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a spool in a file does. */
@Timeout(60)
class SqliteSpoolTest {
    private static final Span ALL = new Span(0, 4);

    private final HandClock clock = new HandClock();

    @TempDir
    Path directory;

    private SqliteSpool open(Path file) {
        return SqliteSpool.open(file, 1_000_000, clock);
    }

    private Path file() {
        return directory.resolve("a.spool");
    }

    private static List<String> query(Path file, String sql) throws SQLException {
        try (Connection other = SqliteFile.connect(file)) {
            return Sql.query(other, row -> row.getString(1), sql);
        }
    }

    private static void change(Path file, String sql) throws SQLException {
        try (Connection other = SqliteFile.connect(file)) {
            Sql.update(other, sql);
        }
    }

    /** One batch in flight in doubt, of which a piece has ended; one that waits; one that is gone; one letter. */
    private static void use(Spool spool) {
        spool.put(List.of(batch("gone"), batch("a"), batch("b")), true);
        spool.end(spool.claim(TABLE).orElseThrow().lease(), ALL, letter(batch("gone")));
        Spool.Lease lease = spool.claim(TABLE).orElseThrow().lease();
        spool.end(lease, new Span(0, 1), null);
        spool.attempting(lease, new Span(1, 2));
    }

    private void assertUsed(Spool spool) {
        Spool.Claim claim = spool.claim(TABLE).orElseThrow();
        assertThat(told(claim))
                .isEqualTo(told(batch("a")) + " ended " + List.of(new Span(0, 1)) + " doubt " + new Span(1, 2));
        assertThat(told(spool.claim(TABLE).orElseThrow().batch())).isEqualTo(told(batch("b")));
        assertThat(spool.claim(TABLE)).isEmpty();
        assertThat(spool.knows(new BatchId("gone"))).isTrue();
        assertThat(told(spool.deadLetters().read("1"))).isEqualTo(told(letter(batch("gone"))));
    }

    @Test
    void goes_on_where_it_was_when_it_is_opened_again() {
        try (Spool spool = open(file())) {
            use(spool);
        }
        assertThat(directory).isDirectoryNotContaining("glob:**-wal");
        try (Spool spool = open(file())) {
            assertUsed(spool);
        }
    }

    @Test
    void goes_on_where_it_was_after_a_crash() throws IOException {
        Path copy = directory.resolve("copy.spool");
        try (Spool spool = open(file())) {
            use(spool);
            for (String suffix : List.of("", "-wal")) {
                Files.copy(directory.resolve("a.spool" + suffix), directory.resolve("copy.spool" + suffix));
            }
        }
        try (Spool spool = open(copy)) {
            assertUsed(spool);
        }
    }

    @Test
    void counts_what_is_there_against_its_bound_when_it_is_opened_again() {
        try (Spool spool = open(file())) {
            use(spool);
        }
        long held = 2L * batch("a").bytes() + batch("gone").bytes();
        try (Spool spool = SqliteSpool.open(file(), held + batch("c").bytes() - 1, clock)) {
            assertThatThrownBy(() -> spool.put(List.of(batch("c")), false))
                    .isInstanceOf(SpoolException.Full.class)
                    .hasMessageContaining(Long.toString(held));
        }
        try (Spool spool = SqliteSpool.open(file(), held + batch("c").bytes(), clock)) {
            assertThat(spool.put(List.of(batch("c")), false)).hasSize(1);
        }
    }

    @Test
    void refuses_a_second_owner_in_the_same_process_and_names_it() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), file());
        try (Spool spool = open(file())) {
            spool.put(List.of(batch("a")), false);
            for (Path again : List.of(file(), link, directory.resolve("x/../a.spool"))) {
                assertThatThrownBy(() -> open(again))
                        .isInstanceOf(SpoolException.InUse.class)
                        .hasMessageContaining(
                                "process " + ProcessHandle.current().pid());
            }
        }
        open(file()).close();
    }

    @Test
    void refuses_what_another_process_owns_until_that_is_killed() throws Exception {
        try (Child owner = Child.start(OwnerProgram.class, file())) {
            assertThat(owner.line()).isEqualTo("ready");
            assertThatThrownBy(() -> open(file()))
                    .isInstanceOf(SpoolException.InUse.class)
                    .hasMessageContaining("process " + owner.id());
            owner.kill();
        }
        try (Spool spool = open(file())) {
            Spool.Claim claim = spool.claim(TABLE).orElseThrow();
            assertThat(claim.batch().id()).isEqualTo(new BatchId("a"));
            assertThat(claim.ended()).containsExactly(new Span(0, 1));
            assertThat(claim.doubt()).isEqualTo(new Span(1, 2));
        }
    }

    @Test
    void refuses_another_version_and_other_files() throws Exception {
        open(file()).close();
        change(file(), "PRAGMA user_version = 2");
        assertThatThrownBy(() -> open(file()))
                .isInstanceOf(SpoolException.class)
                .hasMessageContaining("version 2")
                .hasMessageContaining("knows version 1");
        Path other = directory.resolve("other.db");
        change(other, "CREATE TABLE mine (x)");
        assertThatThrownBy(() -> open(other)).hasMessageContaining("not a spool");
        assertThat(query(other, "SELECT name FROM sqlite_schema")).containsExactly("mine");
        Path text = Files.writeString(directory.resolve("text"), "a shopping list, ".repeat(100));
        assertThatThrownBy(() -> open(text)).isInstanceOf(SpoolException.Damaged.class);
        assertThat(text).content().startsWith("a shopping list");
    }

    @Test
    void fails_by_name_where_no_file_can_be() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "x");
        assertThatThrownBy(() -> open(file.resolve("below.spool")))
                .isInstanceOf(SpoolException.class)
                .hasMessageContaining("below.spool");
        Path folder = Files.createDirectory(directory.resolve("folder"));
        assertThatThrownBy(() -> open(folder)).isInstanceOf(SpoolException.class);
    }

    @Test
    void takes_nothing_in_but_delivers_what_it_has_when_its_file_is_removed() throws IOException {
        try (Spool spool = open(file())) {
            use(spool);
            Files.delete(file());
            assertGone(spool);
        }
    }

    @Test
    void takes_nothing_in_but_delivers_what_it_has_when_its_file_is_replaced() throws IOException {
        try (Spool spool = open(file())) {
            use(spool);
            Path other = Files.copy(file(), directory.resolve("other"));
            Files.move(other, file(), StandardCopyOption.REPLACE_EXISTING);
            assertGone(spool);
        }
    }

    private static void assertGone(Spool spool) {
        assertThatThrownBy(() -> spool.put(List.of(batch("new")), false))
                .isInstanceOf(SpoolException.Damaged.class)
                .hasMessageContaining("removed or replaced");
        Spool.Claim claim = spool.claim(TABLE).orElseThrow();
        assertThat(told(claim.batch())).isEqualTo(told(batch("b")));
        assertThatThrownBy(() -> spool.end(claim.lease(), ALL, letter(batch("b"))))
                .isInstanceOf(SpoolException.Damaged.class);
        assertThat(spool.end(claim.lease(), ALL, null)).isTrue();
    }

    @Test
    void says_so_when_another_program_writes_for_too_long() throws SQLException {
        try (SqliteSpool spool = open(file());
                Connection other = SqliteFile.connect(file())) {
            pragma(spool, "busy_timeout = 20");
            Sql.update(other, "BEGIN IMMEDIATE");
            assertThatThrownBy(() -> spool.put(List.of(batch("a")), false))
                    .isInstanceOf(SpoolException.class)
                    .hasMessageContaining("another program");
            Sql.update(other, "ROLLBACK");
            assertThat(spool.put(List.of(batch("a")), false)).hasSize(1);
        }
    }

    @Test
    void keeps_what_it_has_when_the_disk_is_full_and_goes_on_when_there_is_room() {
        try (SqliteSpool spool = open(file())) {
            use(spool);
            long pages = pragma(spool, "page_count");
            pragma(spool, "max_page_count = " + (pages + 10));
            List<Batch> much = List.of(batch("new"), batch("large", TABLE, 2_000));
            for (int again = 0; again < 3; again++) {
                assertThatThrownBy(() -> spool.put(much, false))
                        .isInstanceOf(SpoolException.Full.class)
                        .hasMessageContaining("disk is full");
            }
            assertThat(spool.knows(new BatchId("new"))).isFalse();
            assertThat(spool.put(List.of(batch("small")), false)).hasSize(1);
            pragma(spool, "max_page_count = 100000");
            assertThat(spool.put(much, false)).hasSize(2);
            assertThat(spool.put(List.of(batch("x", TABLE, 15_000)), false)).hasSize(1);
        }
        try (Spool spool = open(file())) {
            assertThat(spool.backlog()).containsExactly(new Spool.Backlog(TABLE, 6, 3 + 4 + 4 + 4 + 2_000 + 15_000));
        }
    }

    private static long pragma(SqliteSpool spool, String pragma) {
        return spool.file.read(
                "set " + pragma,
                database -> Sql.first(database, row -> row.getLong(1), "PRAGMA " + pragma)
                        .orElse(0L));
    }

    @Test
    void can_be_read_with_sql_while_it_is_open() throws SQLException {
        try (Spool spool = open(file())) {
            use(spool);
            assertThat(query(file(), "SELECT json ->> 'n' FROM waiting_row WHERE batch = 'a' ORDER BY number"))
                    .containsExactly("0", "1", "2", "3");
            assertThat(query(file(), "SELECT json ->> 't' FROM waiting_row WHERE batch = 'b' AND number = 1"))
                    .containsExactly("éééé");
            assertThat(query(file(), "SELECT reason || (json ->> 'b') FROM dead_row WHERE number = 2"))
                    .containsExactly("PARTIALgone");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "100%", "50%41", "what?mode=ro", "is#1", "grün", "a;b'c\"d", "file:x"})
    void takes_any_name_for_its_file(String name) throws IOException {
        Path file = directory.resolve("in " + name).resolve(name);
        try (Spool spool = open(file)) {
            spool.put(List.of(batch("a")), false);
            assertThat(file).isNotEmptyFile();
        }
        try (Spool spool = open(file)) {
            assertThat(spool.knows(new BatchId("a"))).isTrue();
        }
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactlyInAnyOrder(file, file.resolveSibling(name + "-owner"));
        }
    }

    @Test
    void stops_at_a_batch_that_is_damaged_and_goes_on_when_a_person_takes_it_out() throws SQLException {
        try (Spool spool = open(file())) {
            spool.put(List.of(batch("a"), batch("b")), false);
        }
        change(file(), "UPDATE batch_rows SET json = CAST(replace(json, 'é', 'e!') AS BLOB) WHERE seq = 1");
        try (Spool spool = open(file())) {
            assertThatThrownBy(() -> spool.claim(TABLE))
                    .isInstanceOf(SpoolException.Damaged.class)
                    .hasMessageContaining("batch a");
        }
        change(file(), "DELETE FROM batch WHERE id = 'a'");
        try (Spool spool = open(file())) {
            assertThat(spool.claim(TABLE).orElseThrow().batch().id()).isEqualTo(new BatchId("b"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE ended SET rows = 2",
                "DELETE FROM tombstone",
                "UPDATE tombstone SET id = 'x'",
                "UPDATE total SET bytes = bytes + 1 WHERE of = 'dead_letter'",
                "DELETE FROM total WHERE of = 'ended'",
                "DROP TRIGGER batch_DELETE",
                "DROP INDEX batch_destination"
            })
    void sees_when_it_is_opened_that_its_books_do_not_add_up(String damage) throws SQLException {
        try (Spool spool = open(file())) {
            use(spool);
        }
        if (damage.startsWith("DELETE FROM tombstone")) {
            change(file(), "DROP TRIGGER tombstone_DELETE");
        }
        change(file(), damage);
        assertThatThrownBy(() -> open(file())).isInstanceOf(SpoolException.Damaged.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "reason = 'NONE'",
                "first_attempt = 'x'",
                "written = 2",
                "message = 'm'",
                "destination = 'bronze.b'",
                "request_id = NULL",
                "http_status = 0",
                "rows_seal = 1"
            })
    void shows_no_dead_letter_that_is_not_what_was_written(String damage) throws SQLException {
        try (Spool spool = open(file())) {
            use(spool);
        }
        change(file(), "UPDATE dead_letter SET " + damage);
        try (Spool spool = open(file())) {
            assertThatThrownBy(() -> spool.deadLetters().list()).isInstanceOf(DamagedLetterException.class);
            assertThatThrownBy(() -> spool.deadLetters().read("1")).isInstanceOf(SpoolException.Damaged.class);
        }
    }
}
