package dev.sluice;

import dev.sluice.row.SluiceException;

/** Something was asked of a client after it was closed; nothing was sent. */
public final class ClosedException extends SluiceException {
    private static final long serialVersionUID = 1L;

    ClosedException(String message) {
        super(message);
    }
}
