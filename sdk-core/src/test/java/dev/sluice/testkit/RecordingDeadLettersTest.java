package dev.sluice.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.batch.BatchId;
import dev.sluice.batch.RowBuffer;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetter.Reason;
import dev.sluice.row.Destination;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecordingDeadLettersTest {
    private final RecordingDeadLetters letters = new RecordingDeadLetters();

    @Test
    void keeps_letters_in_their_order() {
        letters.keep(letter(Reason.REJECTED, "{\"id\":1}", "{\"id\":2}"));
        letters.keep(letter(Reason.PARTIAL, "{\"id\":3}"));
        assertThat(letters.reasons()).containsExactly(Reason.REJECTED, Reason.PARTIAL);
        assertThat(letters.rows()).containsExactly("{\"id\":1}", "{\"id\":2}", "{\"id\":3}");
        assertThatThrownBy(letters::only).hasMessage("expected one letter, found 2: [REJECTED, PARTIAL]");
    }

    @Test
    void fails_as_often_as_it_is_told_to() {
        letters.failNext(1);
        DeadLetter letter = letter(Reason.UNKNOWN, "{}");
        assertThatThrownBy(() -> letters.keep(letter)).isInstanceOf(IllegalStateException.class);
        letters.keep(letter);
        assertThat(letters.only()).isSameAs(letter);
    }

    @Test
    void loses_none_when_threads_bring_letters_at_once() {
        DeadLetter letter = letter(Reason.REJECTED, "{}");
        IntStream.range(0, 200_000).parallel().forEach(i -> letters.keep(letter));
        assertThat(letters.letters()).hasSize(200_000);
    }

    private static DeadLetter letter(Reason reason, String... rows) {
        RowBuffer buffer = new RowBuffer();
        for (String row : rows) {
            buffer.add(dev.sluice.row.Row.json(row));
        }
        return new DeadLetter(
                buffer.toBatch(new BatchId("b-1"), Destination.append("bronze.events")),
                reason,
                "no",
                0,
                1,
                ManualClock.START,
                ManualClock.START,
                400,
                null);
    }
}
