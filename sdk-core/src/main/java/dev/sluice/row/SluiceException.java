package dev.sluice.row;

import org.jspecify.annotations.Nullable;

/**
 * The base of every exception that Sluice throws of its own accord.
 *
 * <p>Wrong arguments are {@link IllegalArgumentException}s instead. No message carries a row's values or an API key.
 */
public class SluiceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SluiceException(String message) {
        this(message, null);
    }

    public SluiceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
