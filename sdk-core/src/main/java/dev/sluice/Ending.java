package dev.sluice;

import dev.sluice.transport.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the attempts to deliver one batch ended.
 *
 * @param first when they began, by the wall clock
 * @param last when they ended, by the wall clock
 * @param took the time in between, which no change of the wall clock bends
 */
record Ending(
        Kind kind,
        String message,
        int attempts,
        Instant first,
        Instant last,
        Duration took,
        @Nullable Reply reply) {

    enum Kind {
        DELIVERED,
        PARTIAL,
        TOO_LARGE,
        REFUSED,
        INVALID,
        UNDELIVERED,
        UNKNOWN,
        UNAUTHORIZED,
        STOPPED,
        ABORTED
    }

    /** The end of what was never tried. */
    static Ending untried(Kind kind, String message, Moment at) {
        return new Ending(kind, message, 0, at.time(), at.time(), Duration.ZERO, null);
    }

    int written() {
        return reply instanceof Reply.Counted counted ? counted.written() : 0;
    }

    @Nullable
    String snapshotId() {
        return reply instanceof Reply.Counted counted ? counted.snapshotId() : null;
    }

    List<String> remarks() {
        return reply instanceof Reply.Counted counted ? counted.messages() : List.of();
    }

    int httpStatus() {
        if (reply instanceof Reply.Refused refused) {
            return refused.status();
        }
        if (reply instanceof Reply.Unauthorized denied) {
            return denied.status();
        }
        if (reply instanceof Reply.Unreadable unreadable) {
            return unreadable.status();
        }
        return reply instanceof Reply.Counted ? 200 : 0;
    }

    @Nullable
    String requestId() {
        if (reply instanceof Reply.Refused refused) {
            return refused.requestId();
        }
        if (reply instanceof Reply.Unauthorized denied) {
            return denied.requestId();
        }
        return reply instanceof Reply.Counted counted ? counted.requestId() : null;
    }
}
