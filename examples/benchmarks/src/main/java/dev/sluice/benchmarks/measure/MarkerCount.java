package dev.sluice.benchmarks.measure;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Counts how often the marker occurs in bytes that come piece by piece. */
public final class MarkerCount {
    /** The name of a field that each event has exactly once, in every protocol. */
    public static final String MARKER = "sequence_number";

    private static final byte[] PATTERN = MARKER.getBytes(StandardCharsets.US_ASCII);
    private static final int LAST = PATTERN.length - 1;
    private static final int[] SKIPS = skips();

    // The end of what came before, too short for a whole marker.
    private final byte[] tail = new byte[LAST];
    private int tailLength;
    private long count;

    long count() {
        return count;
    }

    /** Forgets everything: what comes next is another body. */
    void reset() {
        tailLength = 0;
        count = 0;
    }

    void add(byte[] bytes, int from, int length) {
        if (tailLength > 0) {
            count += acrossBorder(bytes, from, length);
        }
        count += occurrences(bytes, from, from + length);
        keepTail(bytes, from, length);
    }

    /** Neither part alone has room for a marker, so whatever is found spans the border. */
    private int acrossBorder(byte[] bytes, int from, int length) {
        int head = Math.min(length, LAST);
        byte[] border = Arrays.copyOf(tail, tailLength + head);
        System.arraycopy(bytes, from, border, tailLength, head);
        return occurrences(border, 0, border.length);
    }

    private void keepTail(byte[] bytes, int from, int length) {
        int fresh = Math.min(length, LAST);
        int kept = Math.min(tailLength, LAST - fresh);
        System.arraycopy(tail, tailLength - kept, tail, 0, kept);
        System.arraycopy(bytes, from + length - fresh, tail, kept, fresh);
        tailLength = kept + fresh;
    }

    /** Horspool's search: most bytes are never looked at, so that the sink takes little of the machine. */
    private static int occurrences(byte[] bytes, int from, int to) {
        int found = 0;
        int end = from + LAST;
        while (end < to) {
            int last = bytes[end] & 0xFF;
            if (last == PATTERN[LAST] && matches(bytes, end - LAST)) {
                found++;
                end += PATTERN.length;
            } else {
                end += SKIPS[last];
            }
        }
        return found;
    }

    private static boolean matches(byte[] bytes, int at) {
        return Arrays.equals(bytes, at, at + PATTERN.length, PATTERN, 0, PATTERN.length);
    }

    private static int[] skips() {
        int[] skips = new int[256];
        Arrays.fill(skips, PATTERN.length);
        for (int i = 0; i < LAST; i++) {
            skips[PATTERN[i] & 0xFF] = LAST - i;
        }
        return skips;
    }
}
