package dev.sluice.jdbc;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which rows were sent, and as what, among those that will be read again: an immutable, bounded map.
 *
 * <p>A row that finds no room is sent again when it is read again. The rows that are there keep their room, for if they
 * made way to new ones, a table with one row too many would be sent as a whole by each pass.
 *
 * @param entries for each key the digest of what was sent last; {@code ahead} stands behind it while the row's time lies
 *     in the future, and {@code until} with a time when it does not any more and is about to be read with the others
 */
record Recent(Map<String, String> entries) {
    /** So many rows are remembered: about 600 kB of a checkpoint. */
    static final int CAPACITY = 10_000;

    private static final String AHEAD = " ahead";
    private static final String UNTIL = " until ";

    Recent {
        entries = Map.copyOf(entries);
    }

    /** Whether this is what was sent last. */
    boolean has(String key, String digest) {
        String entry = entries.get(key);
        return entry != null && entry.startsWith(digest) && (entry + " ").charAt(digest.length()) == ' ';
    }

    /**
     * After rows were sent, or found to have been.
     *
     * @param digests the rows, by key
     * @param adds whether those are added that are not there yet, as far as there is room; others are always renewed, for
     *     what was sent before the last time is not to be left out
     * @param ahead whether their time lies in the future
     */
    Recent with(Map<String, String> digests, boolean adds, boolean ahead) {
        Map<String, String> next = new HashMap<>(entries);
        digests.forEach((key, digest) -> {
            if (next.containsKey(key) || (adds && next.size() < CAPACITY)) {
                next.put(key, ahead ? digest + AHEAD : digest);
            }
        });
        return new Recent(next);
    }

    /**
     * At the end of a pass, without the rows that will not be read again.
     *
     * @param touched the keys of the rows that the pass has read
     * @param bound up to which time it has read
     * @param future from which time on rows counted as lying in the future
     * @param all whether rows that it has not read may still be read again, as when they were overtaken
     */
    Recent ended(Set<String> touched, Instant bound, Instant future, boolean all) {
        Map<String, String> next = new HashMap<>();
        entries.forEach((key, entry) -> {
            int until = entry.indexOf(UNTIL);
            if (touched.contains(key) || (all && !entry.contains(" "))) {
                next.put(key, entry);
            } else if (entry.endsWith(AHEAD)) {
                // It is not in the future any more, or is gone: by then it has been read if it is there.
                next.put(key, entry.replace(AHEAD, UNTIL + future));
            } else if (until > 0
                    && Instant.parse(entry.substring(until + UNTIL.length())).isAfter(bound)) {
                next.put(key, entry);
            }
        });
        return new Recent(next);
    }
}
