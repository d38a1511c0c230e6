package dev.sluice.push;

import static dev.sluice.push.PushWorld.insert;
import static dev.sluice.push.PushWorld.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.push.PushReplay.Stale;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.row.ChangeType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LetterReplayTest {
    @TempDir
    Path directory;

    private final PushWorld world = new PushWorld();

    private DeadLetterStore store() {
        return DeadLetters.directory(directory);
    }

    private PushRunner runner() {
        return world.runner(world.receiver()).deadLetters(store()).build();
    }

    /** Two rows that the receiver rejects until it has changed its mind. */
    private PushRunner rejected() {
        world.put(row(7, ChangeType.UPDATE_POSTIMAGE)).put(insert(8));
        world.statuses.put("7:update_postimage", "reject: no email");
        world.statuses.put("8:insert", "reject: no email");
        PushRunner runner = runner();
        assertThat(runner.run().rejected()).isEqualTo(2);
        world.statuses.clear();
        world.pushed.clear();
        return runner;
    }

    private Path letter(String part) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> contains(file, part)).findFirst().orElseThrow();
        }
    }

    private static boolean contains(Path file, String part) {
        try {
            return Files.readString(file).contains(part);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void puts_rejected_rows_back_as_they_were_and_takes_their_letters_out() {
        PushRunner runner = rejected();
        PushReplay replay = runner.replay(store(), Stale.REPLAY);
        assertThat(replay.replayed()).isEqualTo(2);
        assertThat(replay.skipped()).isEmpty();
        assertThat(store().list()).isEmpty();
        assertThat(runner.run().delivered()).isEqualTo(2);
        assertThat(world.pushedKeys()).containsExactly(List.of("7:update_postimage", "8:insert"));
        assertThat(world.pushed.get(0).rows().get(0).row().toBytes())
                .isEqualTo("{\"id\":7}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void leaves_letters_where_they_are_when_newer_changes_are_to_win() {
        PushReplay replay = rejected().replay(store(), Stale.SKIP);
        assertThat(replay.replayed()).isZero();
        assertThat(replay.skipped()).hasSize(2).allMatch(why -> why.contains("newer change"));
        assertThat(store().list()).hasSize(2);
        assertThat(world.waiting()).isEmpty();
    }

    @Test
    void takes_only_letters_of_its_own_target() {
        rejected();
        PushRunner other =
                PushRunner.builder(world.queue, "erp", world.receiver()).build();
        assertThat(other.replay(store(), Stale.REPLAY)).isEqualTo(new PushReplay(0, List.of()));
        assertThat(store().list()).hasSize(2);
    }

    @Test
    void doubles_nothing_when_it_ends_before_a_letter_is_removed() {
        PushRunner runner = rejected();
        DeadLetterStore stuck = new DeadLetterStore() {
            @Override
            public List<Entry> list() {
                return store().list();
            }

            @Override
            public DeadLetter read(String name) {
                return store().read(name);
            }

            @Override
            public void remove(String name) {
                throw new IllegalStateException("killed");
            }

            @Override
            public void keep(DeadLetter letter) {
                store().keep(letter);
            }
        };
        assertThatThrownBy(() -> runner.replay(stuck, Stale.REPLAY)).hasMessage("killed");
        runner.run();
        assertThat(runner.replay(store(), Stale.REPLAY).replayed()).isEqualTo(2);
        assertThat(store().list()).isEmpty();
        runner.run();
        assertThat(world.pushedKeys()).containsExactly(List.of("7:update_postimage"), List.of("8:insert"));
    }

    @Test
    void puts_a_row_back_as_it_was_mended_in_its_letter() throws IOException {
        PushRunner runner = rejected();
        Path file = letter("\"id\":8}");
        Files.writeString(file, Files.readString(file).replace("{\"id\":8}", "{\"id\":8,\"email\":\"a@b\"}"));
        runner.replay(store(), Stale.REPLAY);
        runner.run();
        assertThat(world.pushed.get(0).rows().get(1).fields()).containsEntry("email", "a@b");
    }

    @Test
    void keeps_a_row_that_is_rejected_again_as_a_new_letter() {
        PushRunner runner = rejected();
        world.statuses.put("8:insert", "reject: still no email");
        runner.replay(store(), Stale.REPLAY);
        assertThat(runner.run().rejected()).isEqualTo(1);
        assertThat(store().list())
                .singleElement()
                .satisfies(entry -> assertThat(entry.message()).contains("still no email"));
        world.statuses.clear();
        assertThat(runner.replay(store(), Stale.REPLAY).replayed()).isEqualTo(1);
        assertThat(runner.run().delivered()).isEqualTo(1);
    }

    @Test
    void names_letters_that_cannot_be_read_and_goes_on_with_the_others() throws IOException {
        PushRunner runner = rejected();
        Path damaged = letter("\"id\":7}");
        Files.writeString(damaged, "gone");
        Path odd = letter("\"id\":8}");
        Files.writeString(odd, Files.readString(odd).replace("\"insert\"", "\"upsert\""));
        PushReplay replay = runner.replay(store(), Stale.REPLAY);
        assertThat(replay.replayed()).isZero();
        assertThat(replay.skipped())
                .hasSize(2)
                .anyMatch(why -> why.contains("it is damaged"))
                .anyMatch(why -> why.contains("its tags cannot be read"));
        assertThat(world.waiting()).isEmpty();
    }
}
