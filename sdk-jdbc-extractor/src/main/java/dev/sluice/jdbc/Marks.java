package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Mark;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The values that a watermark which is no time has reached, and when: what a time is to it.
 *
 * <p>A value that is given out after another one is higher, so when every transaction of a mark's time has ended,
 * nothing at or below its value is still to come.
 */
final class Marks {
    /** So many are kept, spread over the time for which they are needed. */
    static final int MOST = 8;

    private Marks() {}

    /** With one more; one that says nothing new is left out, for the earlier time is the better one. */
    static List<Mark> with(List<Mark> marks, Mark next) {
        if (!marks.isEmpty() && marks.get(marks.size() - 1).value().equals(next.value())) {
            return marks;
        }
        List<Mark> more = new ArrayList<>(marks);
        more.add(next);
        return more;
    }

    /** The newest one before a time: at or below it everything is complete, if all transactions since then have ended. */
    static Optional<Mark> before(List<Mark> marks, Instant time) {
        return marks.stream()
                .filter(mark -> Instant.parse(mark.time()).isBefore(time))
                .reduce((one, newer) -> newer);
    }

    /** Those that may still be asked for: from the one before {@code needed} on, and of these a few. */
    static List<Mark> kept(List<Mark> marks, Instant needed) {
        int first = before(marks, needed).map(marks::indexOf).orElse(0);
        List<Mark> kept = new ArrayList<>(marks.subList(first, marks.size()));
        while (kept.size() > MOST) {
            kept.remove(mostCrowded(kept));
        }
        return kept;
    }

    /** The one whose neighbours are nearest to each other; never the first or the last. */
    private static int mostCrowded(List<Mark> marks) {
        int found = 1;
        for (int i = 2; i < marks.size() - 1; i++) {
            if (gap(marks, i).compareTo(gap(marks, found)) < 0) {
                found = i;
            }
        }
        return found;
    }

    private static Duration gap(List<Mark> marks, int at) {
        return Duration.between(
                Instant.parse(marks.get(at - 1).time()),
                Instant.parse(marks.get(at + 1).time()));
    }
}
