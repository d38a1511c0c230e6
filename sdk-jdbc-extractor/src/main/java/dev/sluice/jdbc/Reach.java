package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointBuilder;
import dev.sluice.jdbc.checkpoint.Mark;
import dev.sluice.jdbc.checkpoint.Overtaken;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far a pass may read.
 *
 * @param now the database's present time
 * @param horizon no open transaction began before it: what is older is complete
 * @param bound up to which time is read: the horizon, or what lies behind it when that is waited for no longer
 * @param prepared the open prepared transactions, each with a time before its beginning
 * @param overtaken what was read, or is about to be, without its being complete; null for nothing
 * @param marks of a watermark that is no time, the values that were reached, oldest first
 */
record Reach(
        Instant now,
        Instant horizon,
        Instant bound,
        Map<String, String> prepared,
        @Nullable Overtaken overtaken,
        List<Mark> marks) {

    /** The same with a mark more. */
    Reach marked(List<Mark> all) {
        return new Reach(now, horizon, bound, prepared, overtaken, all);
    }

    /** Whether more is read than is complete. */
    boolean overtakes() {
        return bound.isAfter(horizon);
    }

    /** Whether transactions have ended that had been overtaken, so that what they wrote can be read. */
    boolean catchesUp() {
        return overtaken != null && horizon.isAfter(Instant.parse(overtaken.from()));
    }

    /**
     * To be saved before anything is read: from here on nothing of it may be forgotten.
     *
     * @param looksBack whether the next pass goes back behind this one, and be it that this is the first and breaks off
     */
    Checkpoint begun(Checkpoint checkpoint, boolean looksBack) {
        CheckpointBuilder next =
                checkpoint.change().prepared(prepared).overtaken(overtaken).marks(marks);
        boolean first = looksBack && checkpoint.horizon() == null;
        return (first ? next.horizon(bound.toString()) : next).build();
    }

    /** To be saved when everything that was overtaken has been read again, as far as it is complete now. */
    Checkpoint caughtUp(Checkpoint checkpoint) {
        if (overtaken == null || !catchesUp()) {
            return checkpoint;
        }
        boolean all = !horizon.isBefore(Instant.parse(overtaken.to()));
        Overtaken rest = all ? null : new Overtaken(horizon.toString(), overtaken.to());
        return checkpoint.change().overtaken(rest).build();
    }
}
