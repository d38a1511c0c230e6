package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.Overtaken;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which times a pass reads once more, and which of those it reads now will be read once more by another one.
 *
 * @param again from which time on everything is read again; null for nothing
 * @param recorded from which time on rows are remembered; the pass's bound if none are
 * @param hasOlder whether rows before that time may still be unread
 */
record Spans(@Nullable Instant again, Instant recorded, boolean hasOlder) {
    /**
     * By what is open, what was read before and how far is looked back.
     *
     * @param before the checkpoint before the pass
     * @param loading whether the table is loaded in this pass, so that there is nothing to look back on
     */
    static Spans of(Reach reach, Checkpoint before, boolean loading, @Nullable Duration lookBack) {
        Duration back = lookBack == null ? Duration.ZERO : lookBack;
        Instant again = null;
        if (lookBack != null && !loading && before.horizon() != null) {
            again = Instant.parse(before.horizon()).minus(back);
        }
        Overtaken overtaken = reach.overtaken();
        if (overtaken != null && reach.catchesUp()) {
            // What such a transaction wrote may be as much older than itself as what any other one writes.
            again = earlier(Instant.parse(overtaken.from()).minus(back), again);
        }
        Instant recorded = reach.horizon().minus(back);
        boolean hasOlder = !before.loaded()
                || before.horizon() == null
                || Instant.parse(before.horizon()).isBefore(recorded);
        return new Spans(again, recorded, hasOlder);
    }

    private static Instant earlier(Instant one, @Nullable Instant other) {
        return other == null || one.isBefore(other) ? one : other;
    }
}
