package dev.sluice.testkit;

/** A request that is answered with an error status, nothing of it having landed. */
final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final int rejectedRows;

    Refusal(int status, String message) {
        this(status, message, 0);
    }

    private Refusal(int status, String message, int rejectedRows) {
        super(message);
        this.status = status;
        this.rejectedRows = rejectedRows;
    }

    /** The whole request falls for what is wrong with some of its rows. */
    static Refusal ofRows(int rows, String message) {
        return new Refusal(422, "none of the " + rows + " rows was written: " + message, rows);
    }

    int status() {
        return status;
    }

    int rejectedRows() {
        return rejectedRows;
    }

    String message() {
        return String.valueOf(getMessage());
    }
}
