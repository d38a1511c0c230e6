package dev.sluice.jdbc.source;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Short texts that stand for a row's key and for what is sent of it, as {@link Known} takes them. */
final class RowDigest {
    /** 128 bits: two rows in a table never share one by chance. */
    private static final int BYTES = 16;

    private RowDigest() {}

    static String ofKey(List<String> key) {
        MessageDigest sha = RowReader.sha256();
        for (String value : key) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            // The length keeps "a", "bc" from being "ab", "c".
            sha.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
            sha.update(bytes);
        }
        return text(sha);
    }

    /**
     * @param columns the row's JSON, between {@code from} and {@code to}
     * @param deleted whether it is sent as deleted
     */
    static String ofRow(byte[] columns, int from, int to, boolean deleted) {
        MessageDigest sha = RowReader.sha256();
        sha.update(columns, from, to - from);
        sha.update((byte) (deleted ? 'd' : '-'));
        return text(sha);
    }

    private static String text(MessageDigest sha) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(sha.digest(), BYTES));
    }
}
