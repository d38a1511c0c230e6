package dev.sluice;

import dev.sluice.row.SluiceException;

/** A flush ran out of time: the rows that were not settled by then are still pending, and their delivery goes on. */
public final class FlushTimeoutException extends SluiceException {
    private static final long serialVersionUID = 1L;

    FlushTimeoutException(String message) {
        super(message);
    }
}
