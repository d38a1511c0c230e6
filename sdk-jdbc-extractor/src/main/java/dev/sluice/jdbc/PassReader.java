package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import dev.sluice.jdbc.source.Slice;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a pass has to read, slice by slice; each method is false if it was stopped. */
final class PassReader {
    /**
     * How far in the future a time has to lie to be sent before it has come: rows that are written while a pass reads
     * on, and those of a clock that is seconds ahead, only wait.
     */
    private static final Duration AHEAD = Duration.ofMinutes(1);

    private final HorizonTaker taker;
    private final Reach reach;
    private final Spans spans;
    private final Progress progress;
    private final Delivery delivery;
    private final long begun = System.nanoTime();
    private @Nullable String bound;
    private Instant future;
    private @Nullable String futureBound;
    private int inFuture;

    PassReader(HorizonTaker taker, Reach reach, Spans spans, Progress progress, Delivery delivery) {
        this.taker = taker;
        this.reach = reach;
        this.spans = spans;
        this.progress = progress;
        this.delivery = delivery;
        this.future = reach.now();
    }

    /** The bound in the watermark's own terms; null if nothing may be read. */
    @Nullable
    String bound() {
        return bound;
    }

    /** Rows above it lie in the future; null if the watermark is no time. */
    @Nullable
    String futureBound() {
        return futureBound;
    }

    /** The same as a time. */
    Instant future() {
        return future;
    }

    /** How many rows lie in the future. */
    int inFuture() {
        return inFuture;
    }

    /** What was read before and may have changed under an old watermark, or was not complete then. */
    boolean readAgain() {
        Cursor cursor = progress.now().cursor();
        if (spans.again() != null && cursor != null) {
            String from = taker.bound(reach, spans.again());
            Cursor behind = from == null ? null : new Cursor(from, List.of());
            if (!read(new Slice(Phase.LOOK_BACK, behind, cursor, null), true)) {
                return false;
            }
        }
        progress.save(reach::caughtUp);
        return true;
    }

    /** What is new: first what is read this once, then what will be read again and has to be remembered. */
    boolean readUpToBound() {
        bound = taker.bound(reach, reach.bound());
        if (bound == null) {
            return true;
        }
        boolean records = spans.recorded().isBefore(reach.bound());
        String older = records && spans.hasOlder() ? taker.bound(reach, spans.recorded()) : null;
        return (older == null || readBelow(older, false)) && readBelow(bound, records);
    }

    /** Rows of the future; the cursor does not move to them. */
    boolean readFuture() {
        if (!taker.isTimed()) {
            return true;
        }
        future = reach.now().plusNanos(System.nanoTime() - begun).plus(AHEAD);
        futureBound = taker.bound(reach, future);
        return read(new Slice(Phase.FUTURE, new Cursor(futureBound, List.of()), null, null), true);
    }

    /** To be saved when everything was read. */
    Checkpoint ended(Checkpoint checkpoint) {
        // As long as nothing may be read, the initial load is still to come.
        return bound == null
                ? checkpoint.change().horizon(reach.bound().toString()).build()
                : checkpoint.passed(reach.bound());
    }

    private boolean readBelow(String limit, boolean recorded) {
        Checkpoint now = progress.now();
        return read(new Slice(now.loaded() ? Phase.CHANGES : Phase.FIRST, now.cursor(), null, limit), recorded);
    }

    private boolean read(Slice slice, boolean recorded) {
        return delivery.through(slice, Delivery.Along.NOTHING, recorded, taker::isStopped, page -> {
            inFuture += slice.phase() == Phase.FUTURE ? page.digests().size() : 0;
        });
    }
}
