package dev.sluice.jdbc.checkpoint;

import dev.sluice.row.SluiceException;
import org.jspecify.annotations.Nullable;

/** A checkpoint cannot be read, saved, locked or used; nothing was delivered because of it. */
public final class CheckpointException extends SluiceException {
    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        this(message, null);
    }

    public CheckpointException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
