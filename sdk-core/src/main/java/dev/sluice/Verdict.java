package dev.sluice;

import dev.sluice.transport.Reply;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What follows from one reply, by itself: the table of outcomes as a pure function. */
sealed interface Verdict {
    /** All rows are written. */
    record Delivered(Reply.Counted answer) implements Verdict {}

    /** Some rows are written, and nobody knows which. */
    record Partial(Reply.Counted answer) implements Verdict {}

    /**
     * Worth another attempt.
     *
     * @param unknown whether the rows may be written already
     * @param after how long the API asks to wait
     */
    record Retry(String reason, boolean unknown, @Nullable Duration after) implements Verdict {}

    /** The key is refused: worth another attempt once there is another key. */
    record Hold(String reason, boolean keyMayChange) implements Verdict {}

    /** Too much for one request. */
    record Split(String reason) implements Verdict {}

    /** Refused with nothing written: some rows are at fault. */
    record Isolate(String reason) implements Verdict {}

    /** No request like this can succeed. */
    record Stop(String reason) implements Verdict {}

    static Verdict of(Reply reply, int rows) {
        if (reply instanceof Reply.Counted answer) {
            return counted(answer, rows);
        }
        if (reply instanceof Reply.Refused refused) {
            return refused(refused);
        }
        if (reply instanceof Reply.Unauthorized denied) {
            return new Hold(sentence(denied.status(), denied.message()), denied.keyMayChange());
        }
        if (reply instanceof Reply.Unreadable unreadable) {
            return new Retry(unreadable.message(), true, null);
        }
        return new Retry(((Reply.NotSent) reply).message(), false, null);
    }

    private static Verdict counted(Reply.Counted answer, int rows) {
        if (answer.written() == rows) {
            return new Delivered(answer);
        }
        if (answer.written() > 0) {
            return new Partial(answer);
        }
        String words = String.join("; ", answer.messages());
        return new Isolate("HTTP 200, 0 of " + rows + " rows written" + (words.isEmpty() ? "" : ": " + words));
    }

    private static Verdict refused(Reply.Refused refused) {
        String reason = sentence(refused.status(), refused.message());
        return switch (refused.status()) {
            case 425, 429, 503 -> new Retry(reason, false, refused.retryAfter());
            case 408, 500, 502, 504 -> new Retry(reason, true, refused.retryAfter());
            case 413 -> new Split(reason);
            case 400, 422 -> new Isolate(reason);
            default -> new Stop(reason);
        };
    }

    private static String sentence(int status, String words) {
        return "HTTP " + status + (words.isEmpty() ? "" : ": " + words);
    }
}
