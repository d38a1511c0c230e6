package dev.sluice.lake;

import org.jspecify.annotations.Nullable;

/** Says that the lake could not be opened, started or queried, and what to do about it. */
public final class LakeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LakeException(String message) {
        super(message);
    }

    LakeException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
