package dev.sluice.sync;

import dev.sluice.row.SluiceException;
import org.jspecify.annotations.Nullable;

/** Ends a command with one line for people and a status for machines. */
final class CliException extends SluiceException {
    private static final long serialVersionUID = 1L;

    private final int status;

    private CliException(int status, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    static CliException usage(String message) {
        return new CliException(Status.WRONG_USAGE, message, null);
    }

    static CliException usage(String message, Throwable cause) {
        return new CliException(Status.WRONG_USAGE, message, cause);
    }

    static CliException failed(String message, @Nullable Throwable cause) {
        return new CliException(Status.NOT_DELIVERED, message, cause);
    }

    int status() {
        return status;
    }
}
