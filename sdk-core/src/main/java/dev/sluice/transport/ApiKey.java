package dev.sluice.transport;

import java.util.function.Supplier;

/**
 * The secret that opens the Stream API. It is shown nowhere: not in {@link #toString()}, logs or exceptions.
 *
 * <p>The whole of it is hidden, for its first half is the user's id. A key is also the supplier of itself, for clients
 * whose key never changes.
 */
public final class ApiKey implements Supplier<ApiKey> {
    private final String secret;

    private ApiKey(String secret) {
        this.secret = secret;
    }

    /**
     * A key as text.
     *
     * @throws IllegalArgumentException if it is empty or has a character that an HTTP header cannot carry, such as the
     *     line break at the end of a file
     */
    public static ApiKey of(String secret) {
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("the API key is empty");
        }
        for (int i = 0; i < secret.length(); i++) {
            char c = secret.charAt(i);
            if (c <= ' ' || c >= 0x7F) {
                throw new IllegalArgumentException("the API key has a character that a header cannot carry (code "
                        + (int) c + ") at place " + i + " of " + secret.length());
            }
        }
        return new ApiKey(secret);
    }

    /**
     * The key in an environment variable.
     *
     * @throws IllegalArgumentException if the variable is not set, or as in {@link #of}
     */
    public static ApiKey fromEnv(String variable) {
        String secret = System.getenv(variable);
        if (secret == null) {
            throw new IllegalArgumentException(
                    "environment variable " + variable + " is not set: it holds the API key");
        }
        return of(secret);
    }

    @Override
    public ApiKey get() {
        return this;
    }

    String secret() {
        return secret;
    }

    /** The text without the key, for words of others that may quote it. */
    String hideIn(String text) {
        return text.replace(secret, "****");
    }

    @Override
    public String toString() {
        return "ApiKey(****)";
    }
}
