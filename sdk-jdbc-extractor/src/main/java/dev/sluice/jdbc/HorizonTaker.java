package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.Mark;
import dev.sluice.jdbc.dialect.Activity;
import dev.sluice.jdbc.source.PageSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Asks the database how far a pass may read, and says it in the watermark's own terms. */
final class HorizonTaker {
    /**
     * How long a pass waits for the transactions that are open while it takes a mark: longer than any dialect's margin,
     * so that one pass over a quiet database reads all of it.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final Duration POLL = Duration.ofMillis(50);

    private final HorizonRule rule;
    private final PageSource source;
    private final BooleanSupplier stopped;

    HorizonTaker(HorizonRule rule, PageSource source, BooleanSupplier stopped) {
        this.rule = rule;
        this.source = source;
        this.stopped = stopped;
    }

    boolean isStopped() {
        return stopped.getAsBoolean();
    }

    /** Whether the watermark is a time. */
    boolean isTimed() {
        return source.isTimed();
    }

    /** How far a pass may read that goes on from the checkpoint; waits a moment for a watermark that is no time. */
    Reach take(Checkpoint checkpoint) {
        if (!source.isTimed()) {
            return mark(checkpoint);
        }
        Reach reach = rule.decide(source.activity(), checkpoint);
        Cursor place = checkpoint.cursor();
        if (place != null) {
            String now = source.bound(reach.now());
            if (source.isAhead(place, now)) {
                throw HorizonRule.ahead(checkpoint, now);
            }
        }
        return reach;
    }

    /** A time in the watermark's own type, or the value that was reached before it; null if none was. */
    @Nullable
    String bound(Reach reach, Instant time) {
        return source.isTimed()
                ? source.bound(time)
                : Marks.before(reach.marks(), time).map(Mark::value).orElse(null);
    }

    private Reach mark(Checkpoint checkpoint) {
        Optional<String> highest = source.highest();
        // After the value was read: whoever was given a lower one had begun by now.
        Activity activity = source.activity();
        Reach reach = rule.decide(activity, checkpoint);
        List<Mark> marks = highest.map(value ->
                        Marks.with(checkpoint.marks(), new Mark(activity.now().toString(), value)))
                .orElse(checkpoint.marks());
        Reach settled = marks.isEmpty()
                        || activity.blind() != null
                        || !activity.prepared().isEmpty()
                ? reach
                : awaited(Instant.parse(marks.get(marks.size() - 1).time()), reach, checkpoint);
        Instant needed = settled.overtaken() == null
                ? settled.horizon()
                : Instant.parse(settled.overtaken().from());
        return settled.marked(Marks.kept(marks, needed));
    }

    private Reach awaited(Instant mark, Reach first, Checkpoint checkpoint) {
        Reach reach = first;
        long begun = System.nanoTime();
        while (!reach.horizon().isAfter(mark)
                && System.nanoTime() - begun < PATIENCE.toNanos()
                && !stopped.getAsBoolean()
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(POLL.toNanos());
            reach = rule.decide(source.activity(), checkpoint);
        }
        return reach;
    }
}
