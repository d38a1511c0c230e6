package dev.sluice.batch;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The name of a batch, the same for every attempt to deliver it, across restarts: what a receiver goes by to take a
 * batch once.
 *
 * @param value 1 to 200 characters out of letters, digits and {@code . _ : -}
 */
public record BatchId(String value) {
    private static final int MAX_LENGTH = 200;
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._:-]{1," + MAX_LENGTH + "}");

    public BatchId {
        if (!ALLOWED.matcher(value).matches()) {
            throw new IllegalArgumentException(
                    "a batch id has 1 to 200 characters out of letters, digits and . _ : - (found " + value.length()
                            + " characters)");
        }
    }

    /** An id that no other batch has. */
    public static BatchId random() {
        return new BatchId(UUID.randomUUID().toString());
    }

    /** The id that follows from the parts given: equal parts, equal id. It tells nothing of them (SHA-256, 128 bits). */
    public static BatchId derived(String... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            // The length in front keeps ("ab", "c") and ("a", "bc") apart.
            all.writeBytes((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
            all.writeBytes(bytes);
        }
        return new BatchId(Sha256.hex(all.toByteArray()).substring(0, 32));
    }

    /** The id of a part of this batch; splitting the same batch again gives the same ids. */
    public BatchId part(int number) {
        String name = value + "." + number;
        // A split must not fail for want of letters.
        return name.length() <= MAX_LENGTH ? new BatchId(name) : derived(value, Integer.toString(number));
    }

    @Override
    public String toString() {
        return value;
    }
}
