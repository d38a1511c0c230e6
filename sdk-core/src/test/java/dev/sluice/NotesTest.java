package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.spool.SpoolException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NotesTest {
    private final List<SpoolException> troubles = new ArrayList<>();
    private final List<String> noted = new ArrayList<>();
    private final Notes notes = new Notes(troubles::add);
    private boolean fails;

    private void note(String what) {
        notes.note(() -> {
            if (fails) {
                throw new SpoolException("the disk is away", null);
            }
            noted.add(what);
        });
    }

    @Test
    void notes_at_once_when_the_spool_works() {
        note("a");
        assertThat(noted).containsExactly("a");
        assertThat(notes.isEmpty()).isTrue();
    }

    @Test
    void keeps_the_order_when_the_spool_works_again_before_it_has_caught_up() {
        fails = true;
        note("a");
        fails = false;
        note("b");
        assertThat(noted).isEmpty();
        notes.catchUp();
        note("c");
        assertThat(noted).containsExactly("a", "b", "c");
        assertThat(troubles).hasSize(1);
    }

    @Test
    void keeps_what_fails_again() {
        fails = true;
        note("a");
        assertThatThrownBy(notes::catchUp).isInstanceOf(SpoolException.class);
        assertThat(notes.isEmpty()).isFalse();
        fails = false;
        notes.catchUp();
        assertThat(noted).containsExactly("a");
    }

    @Test
    void goes_on_behind_a_note_that_is_refused_for_good() {
        fails = true;
        note("a");
        notes.note(() -> {
            throw new IllegalArgumentException("these rows have ended before");
        });
        note("b");
        fails = false;
        notes.catchUp();
        assertThat(noted).containsExactly("a", "b");
        assertThat(notes.isEmpty()).isTrue();
    }
}
