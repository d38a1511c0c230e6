package dev.sluice.push;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** What a {@link PushFunction} says became of one row. */
public sealed interface RowOutcome {
    /** The row is delivered. */
    record Ok() implements RowOutcome {
        private static final Ok INSTANCE = new Ok();
    }

    /** The row is delivered, and there is something to say about it. */
    record Warned(String message) implements RowOutcome {
        public Warned {
            Objects.requireNonNull(message, "message");
        }
    }

    /** The row is not delivered; it is tried again in the next run, and later rows of its row id wait. */
    record Failed(String message) implements RowOutcome {
        public Failed {
            Objects.requireNonNull(message, "message");
        }
    }

    /** The row will never be taken: it becomes a dead letter and is not tried again. */
    record Rejected(String message) implements RowOutcome {
        public Rejected {
            Objects.requireNonNull(message, "message");
        }
    }

    static RowOutcome ok() {
        return Ok.INSTANCE;
    }

    static RowOutcome warn(String message) {
        return new Warned(message);
    }

    static RowOutcome error(String message) {
        return new Failed(message);
    }

    static RowOutcome reject(String message) {
        return new Rejected(message);
    }

    /**
     * Reads the text form: what begins with {@code ok} is delivered, so {@code okay} and {@code ok: created} are too;
     * {@code warn:} and {@code reject:} are followed by their message. Anything else is an error with the text, less
     * {@code error:}, as its message: the empty text, {@code OK}, {@code warn} without a colon, a text with a space in
     * front. Case counts and nothing is trimmed, but for one space behind the colon.
     */
    static RowOutcome parse(String text) {
        if (text.startsWith("ok")) {
            return ok();
        }
        if (text.startsWith("warn:")) {
            return warn(StatusText.message(text));
        }
        if (text.startsWith("reject:")) {
            return reject(StatusText.message(text));
        }
        return error(text.startsWith("error:") ? StatusText.message(text) : text);
    }

    /** As {@link #parse}, of each value; values that are not texts are taken by their {@code toString}, so are errors. */
    static Map<String, RowOutcome> parseAll(Map<String, ?> statuses) {
        Map<String, RowOutcome> outcomes = new LinkedHashMap<>();
        statuses.forEach((key, status) -> outcomes.put(key, parse(String.valueOf(status))));
        return outcomes;
    }
}
