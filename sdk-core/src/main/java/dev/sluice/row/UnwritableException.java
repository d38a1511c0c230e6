package dev.sluice.row;

/** JSON has no way to write a value: told apart from what the caller's own code may throw, which may quote a value. */
final class UnwritableException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UnwritableException(String problem) {
        super(problem);
    }
}
