package dev.sluice.jdbc.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FileCheckpointStoreTest extends CheckpointStoreContract {
    @TempDir
    Path directory;

    @Override
    CheckpointStore store() {
        return CheckpointStore.file(directory);
    }

    @Test
    void is_readable_by_a_person() throws IOException {
        saved(full("public.customers", "bronze.customers"));
        Path file = directory.resolve("public.customers+to+bronze.customers.json");
        assertThat(Files.readString(file))
                .contains("\"version\" : 2", "\"watermark\" : \"2025-01-01 00:00:00.000001+00\"", "\"rows\" : 99");
    }

    @Test
    void reads_a_file_of_version_1() throws IOException {
        Files.writeString(directory.resolve("a.b+to+c.d.json"), """
                {"version" : 1, "source" : "a.b", "destination" : "c.d",
                 "fingerprint" : {"database" : "1/x", "watermark" : "u timestamptz", "key" : ["id int8"], "mode" : "append"},
                 "epoch" : 3, "loaded" : true, "cursor" : {"watermark" : "w", "key" : ["1"]},
                 "horizon" : "2025-01-01 01:00:00.5+00", "sequence" : 14, "rows" : 99,
                 "pending" : [{"from" : null, "to" : {"watermark" : "w", "key" : ["2"]}, "rows" : 1, "batch" : "b",
                   "sequence" : 15, "stamp" : "2025-01-03T00:00:00Z", "initial" : false}]}
                """);
        Checkpoint read = store().load("a.b", "c.d").orElseThrow();
        assertThat(read.horizon()).isEqualTo("2025-01-01T01:00:00.5Z");
        assertThat(read.pending())
                .containsExactly(new PendingRange(
                        Phase.CHANGES, null, new Cursor("w", List.of("2")), null, 1, "b", 15, "2025-01-03T00:00:00Z"));
        assertThat(read.load()).isNull();
    }

    @Test
    void leaves_no_unfinished_file_behind() throws IOException {
        saved(full("a.b", "c.d"), full("a.b", "c.d"));
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("a.b+to+c.d.json", "lock", "lock.holder");
        }
    }

    @Test
    void survives_an_unfinished_file_of_a_crash() throws IOException {
        saved(full("a.b", "c.d"));
        Files.writeString(directory.resolve("a.b+to+c.d.json.tmp"), "{\"version");
        assertThat(store().load("a.b", "c.d")).contains(full("a.b", "c.d"));
        assertThat(store().list()).hasSize(1);
        saved(full("a.b", "c.d").reset());
        assertThat(store().load("a.b", "c.d")).contains(full("a.b", "c.d").reset());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"version\": 3}",
                "{\"version\": 2}",
                "{\"version\": 1}",
                "{\"version\": 1, \"source\": \"a.b\", \"surprise\": 1}"
            })
    void names_the_file_and_the_way_out_when_it_is_damaged(String content) throws IOException {
        Path file = directory.resolve("a.b+to+c.d.json");
        Files.writeString(file, content);
        assertThatThrownBy(() -> store().load("a.b", "c.d"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("remove it to read the table from its beginning");
    }

    @Test
    void says_so_when_the_directory_cannot_be_written() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        CheckpointStore broken = CheckpointStore.file(file.resolve("state"));
        assertThatThrownBy(() -> broken.lock(Duration.ZERO))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("cannot make the state directory");
    }

    @Test
    void is_one_place_by_whichever_link_it_is_reached() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        CheckpointStore.Lock lock = store().lock(Duration.ZERO);
        assertThatThrownBy(() -> CheckpointStore.file(link).lock(Duration.ZERO))
                .isInstanceOf(CheckpointException.class);
        lock.close();
        CheckpointStore.file(link).lock(Duration.ZERO).close();
    }

    @Test
    void names_the_other_process_and_is_free_again_when_that_was_killed() throws Exception {
        Process other = holdLockInAnotherProcess();
        try {
            assertThatThrownBy(() -> store().lock(Duration.ZERO))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("process " + other.pid());
        } finally {
            other.destroyForcibly().waitFor();
        }
        store().lock(Duration.ZERO).close();
    }

    @Test
    void keeps_its_lock_against_other_processes_when_a_second_try_failed_here() throws Exception {
        CheckpointStore.Lock lock = store().lock(Duration.ZERO);
        assertThatThrownBy(() -> store().lock(Duration.ZERO)).isInstanceOf(CheckpointException.class);
        Process other = start();
        assertThat(OtherProcess.firstLine(other)).contains("another sync is running");
        other.waitFor();
        lock.close();
    }

    @Test
    void says_so_when_a_checkpoint_cannot_be_written() throws IOException {
        CheckpointStore store = store();
        CheckpointStore.Lock lock = store.lock(Duration.ZERO);
        Files.createDirectory(directory.resolve("a.b+to+c.d.json.tmp"));
        assertThatThrownBy(() -> store.save(full("a.b", "c.d")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("the one saved before it still holds");
        lock.close();
    }

    @Test
    void refuses_a_late_save_when_another_host_has_taken_the_lock() throws IOException {
        CheckpointStore store = store();
        CheckpointStore.Lock lock = store.lock(Duration.ZERO);
        store.save(full("a.b", "c.d"));
        // As a network file system that forgot the lock would let it happen.
        Files.writeString(directory.resolve("lock.holder"), "generation 2: host elsewhere, process 7");
        assertThatThrownBy(() -> store.save(full("a.b", "c.d").reset()))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("generation 2: host elsewhere, process 7");
        assertThat(store.load("a.b", "c.d")).contains(full("a.b", "c.d"));
        lock.close();
    }

    @Test
    void counts_each_holder_even_behind_a_damaged_name() throws IOException {
        Path holder = directory.resolve("lock.holder");
        store().lock(Duration.ZERO).close();
        store().lock(Duration.ZERO).close();
        assertThat(holder).content().startsWith("generation 2: host ");
        Files.writeString(holder, "generation many");
        store().lock(Duration.ZERO).close();
        assertThat(holder).content().startsWith("generation 1: host ");
    }

    @Test
    void saves_when_the_thread_was_interrupted() {
        CheckpointStore store = store();
        CheckpointStore.Lock lock = store.lock(Duration.ZERO);
        Thread.currentThread().interrupt();
        store.save(full("a.b", "c.d"));
        assertThat(Thread.interrupted()).isTrue();
        lock.close();
        assertThat(store.list()).hasSize(1);
    }

    private Process holdLockInAnotherProcess() throws IOException {
        Process process = start();
        assertThat(OtherProcess.firstLine(process)).isEqualTo("locked");
        return process;
    }

    private Process start() throws IOException {
        return OtherProcess.start(LockHolder.class, directory.toString());
    }

    /** Takes the lock, says so, and waits to be killed; or says why it cannot, and ends. */
    static final class LockHolder {
        private LockHolder() {}

        public static void main(String[] args) throws IOException {
            try {
                CheckpointStore.file(Path.of(args[0])).lock(Duration.ZERO);
                System.out.println("locked");
                int unused = System.in.read();
            } catch (CheckpointException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
