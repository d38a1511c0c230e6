package dev.sluice.lake;

import java.util.List;

/** A request that is answered with an error status, nothing of it having been written. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final int rejectedRows;
    private final transient List<String> errors;

    Refusal(int status, String message) {
        this(status, message, List.of(message), 0);
    }

    private Refusal(int status, String message, List<String> errors, int rejectedRows) {
        super(message);
        this.status = status;
        this.errors = errors;
        this.rejectedRows = rejectedRows;
    }

    /** The whole request falls for what is wrong with some of its rows. */
    static Refusal ofRows(int rows, String message, List<String> errors) {
        return new Refusal(422, message, errors, rows);
    }

    static Refusal ofRows(int rows, String message) {
        return ofRows(rows, message, List.of(message));
    }

    int status() {
        return status;
    }

    String message() {
        return String.valueOf(getMessage());
    }

    List<String> errors() {
        return errors;
    }

    int rejectedRows() {
        return rejectedRows;
    }
}
