package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.jdbc.dialect.Activity;
import dev.sluice.jdbc.dialect.SourceException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Decides up to which time a pass may read, from what the database and the checkpoint say; has no clock of its own. */
final class HorizonRule {
    private final @Nullable Duration lag;

    /** @param lag how far to stay behind where transactions cannot be seen; null to refuse that */
    HorizonRule(@Nullable Duration lag) {
        this.lag = lag;
    }

    /**
     * The time below which nothing can appear any more.
     *
     * @throws SourceException if it cannot be told
     * @throws CheckpointException if the checkpoint is of a time that the database has not reached
     */
    Instant decide(Activity activity, Checkpoint checkpoint) {
        refusePast(activity, checkpoint);
        if (!activity.prepared().isEmpty()) {
            throw new SourceException(activity.prepared().size() + " prepared transactions are open, and what they"
                    + " wrote to " + checkpoint.source() + " may appear with a time of long ago: COMMIT PREPARED or"
                    + " ROLLBACK PREPARED them (pg_prepared_xacts lists them), then sync again");
        }
        if (activity.blind() == null) {
            return activity.oldest();
        }
        if (lag == null) {
            throw new SourceException(activity.blind());
        }
        return activity.oldest().minus(lag);
    }

    private static void refusePast(Activity activity, Checkpoint checkpoint) {
        String before = checkpoint.horizon();
        if (before != null && Instant.parse(before).isAfter(activity.now())) {
            throw ahead(checkpoint, activity.now().toString());
        }
    }

    static CheckpointException ahead(Checkpoint checkpoint, String now) {
        return new CheckpointException("the checkpoint of " + checkpoint.source()
                + " lies in the future of the database, whose clock says " + now
                + ": the database was restored or its clock set back. Start the table from its beginning with"
                + " state reset, or wait if it is only the clock");
    }
}
