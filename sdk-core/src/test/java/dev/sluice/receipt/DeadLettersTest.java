package dev.sluice.receipt;

import static dev.sluice.receipt.DeadLetterStoreContract.letter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.RecordingLogs;
import dev.sluice.row.Destination;
import dev.sluice.testkit.RecordingDeadLetters;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeadLettersTest {
    private static final DeadLetter LETTER = letter(
            "batch-of-the-log",
            Destination.append("bronze.events"),
            DeadLetter.Reason.REJECTED,
            "{\"a\":\"Wombat-77\"}");

    private final RecordingDeadLetters first = new RecordingDeadLetters();
    private final RecordingDeadLetters second = new RecordingDeadLetters();

    private static List<String> logged() {
        return RecordingLogs.lines().stream()
                .filter(line -> line.contains("batch-of-the-log"))
                .toList();
    }

    @Test
    void keeps_a_letter_in_both_when_one_follows_the_other() {
        first.andThen(second).keep(LETTER);
        assertThat(first.letters()).containsExactly(LETTER);
        assertThat(second.letters()).containsExactly(LETTER);
    }

    @Test
    void leaves_the_batch_when_the_first_hook_throws_and_asks_no_other() {
        first.failNext(1);
        assertThatThrownBy(() -> first.andThen(second).keep(LETTER)).hasMessage("disk full");
        assertThat(second.letters()).isEmpty();
    }

    @Test
    void leaves_the_batch_when_the_second_hook_throws() {
        second.failNext(1);
        assertThatThrownBy(() -> first.andThen(second).keep(LETTER)).hasMessage("disk full");
        assertThat(first.letters()).hasSize(1);
    }

    @Test
    void logs_a_line_without_rows_and_words_once_the_letter_is_kept() {
        int before = logged().size();
        first.failNext(1);
        assertThatThrownBy(() -> first.logged().keep(LETTER)).hasMessage("disk full");
        assertThat(logged()).hasSize(before);
        first.logged().keep(LETTER);
        assertThat(logged())
                .hasSize(before + 1)
                .last()
                .asString()
                .isEqualTo(
                        "WARN dev.sluice.receipt.DeadLetters Dead letter:"
                                + " 1 rows of batch batch-of-the-log for bronze.events: REJECTED, 1 of them written, 4 attempts from"
                                + " 2026-01-02T03:04:05.000000006Z to 2026-01-02T03:05:06.789012345Z, HTTP status 422, request req_1");
    }
}
