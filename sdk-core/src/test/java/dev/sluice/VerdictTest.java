package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.transport.Reply;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class VerdictTest {
    private static final Duration SOON = Duration.ofSeconds(9);

    static IntStream statuses() {
        return IntStream.rangeClosed(100, 599);
    }

    @ParameterizedTest
    @MethodSource("statuses")
    void follows_the_table_when_a_status_is_refused(int status) {
        Verdict verdict = Verdict.of(new Reply.Refused(status, "why", SOON, null), 5);
        assertThat(verdict).isEqualTo(expected(status, "HTTP " + status + ": why"));
    }

    private static Verdict expected(int status, String reason) {
        return switch (status) {
            case 425, 429, 503 -> new Verdict.Retry(reason, false, SOON);
            case 408, 500, 502, 504 -> new Verdict.Retry(reason, true, SOON);
            case 413 -> new Verdict.Split(reason);
            case 400, 422 -> new Verdict.Isolate(reason);
            default -> new Verdict.Stop(reason);
        };
    }

    @ParameterizedTest
    @CsvSource({"5,0,Delivered", "5,2,Delivered", "4,1,Partial", "1,0,Partial", "0,5,Isolate", "0,0,Isolate"})
    void goes_by_the_rows_written_when_they_are_counted(int written, int rejected, String verdict) {
        assertThat(Verdict.of(Replies.written(written, rejected), 5).getClass().getSimpleName())
                .isEqualTo(verdict);
    }

    @Test
    void quotes_the_remarks_when_nothing_was_written() {
        assertThat(Verdict.of(Replies.written(0, 2, "a", "b"), 2))
                .isEqualTo(new Verdict.Isolate("HTTP 200, 0 of 2 rows written: a; b"));
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void holds_when_the_key_is_refused(boolean mayChange) {
        assertThat(Verdict.of(Replies.unauthorized(mayChange), 1))
                .isEqualTo(new Verdict.Hold("HTTP 401: expired", mayChange));
    }

    @Test
    void retries_in_doubt_only_when_all_was_sent() {
        assertThat(Verdict.of(Replies.unreadable(), 1)).isEqualTo(new Verdict.Retry("EOFException: cut", true, null));
        assertThat(Verdict.of(Replies.notSent(), 1))
                .isEqualTo(new Verdict.Retry("ConnectException: refused", false, null));
    }
}
