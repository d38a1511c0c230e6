package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.transport.Reply;
import java.time.Duration;
import java.util.List;

/** The replies that scripts are made of. */
final class Replies {
    private Replies() {}

    static Reply allWritten(Batch batch) {
        return written(batch.rows(), 0);
    }

    static Reply written(int written, int rejected, String... remarks) {
        return new Reply.Counted(written, rejected, "req_1", null, List.of(remarks));
    }

    static Reply committed(int written, String snapshot) {
        return new Reply.Counted(written, 0, "req_1", snapshot, List.of());
    }

    static Reply refused(int status) {
        return new Reply.Refused(status, "no", null, "req_2");
    }

    static Reply later(int status, Duration retryAfter) {
        return new Reply.Refused(status, "later", retryAfter, null);
    }

    static Reply notSent() {
        return new Reply.NotSent("ConnectException: refused");
    }

    static Reply unreadable() {
        return new Reply.Unreadable("EOFException: cut", 0);
    }

    static Reply unauthorized(boolean keyMayChange) {
        return new Reply.Unauthorized(401, "expired", keyMayChange, "req_3");
    }
}
