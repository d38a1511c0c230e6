package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.jdbc.checkpoint.Overtaken;
import dev.sluice.jdbc.dialect.Activity;
import dev.sluice.jdbc.dialect.SourceException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Decides up to which time a pass may read, from what the database and the checkpoint say; has no clock of its own. */
final class HorizonRule {
    private final @Nullable Duration lag;
    private final @Nullable Duration maxWait;

    /**
     * @param lag how far to stay behind where transactions cannot be seen; null to refuse that
     * @param maxWait how long to wait for a transaction; null for as long as it takes
     */
    HorizonRule(@Nullable Duration lag, @Nullable Duration maxWait) {
        this.lag = lag;
        this.maxWait = maxWait;
    }

    /** How far a sync stays behind where transactions cannot be seen; empty if it refuses that. */
    Optional<Duration> lag() {
        return Optional.ofNullable(lag);
    }

    /**
     * How far a pass may read.
     *
     * @throws SourceException if it cannot be told
     * @throws CheckpointException if the checkpoint is of a time that the database has not reached
     */
    Reach decide(Activity activity, Checkpoint checkpoint) {
        refusePast(activity, checkpoint);
        Instant horizon = seen(activity);
        Map<String, String> floors = floors(activity, checkpoint);
        for (String floor : floors.values()) {
            horizon = earlier(horizon, Instant.parse(floor));
        }
        Instant bound =
                maxWait == null ? horizon : later(horizon, activity.now().minus(maxWait));
        Overtaken overtaken = overtaken(checkpoint.overtaken(), horizon, bound);
        return new Reach(activity.now(), horizon, bound, floors, overtaken, checkpoint.marks());
    }

    private Instant seen(Activity activity) {
        if (activity.blind() == null) {
            return activity.oldest();
        }
        if (lag == null) {
            throw new SourceException(activity.blind());
        }
        return activity.oldest().minus(lag);
    }

    /** When a prepared transaction was prepared is part of its name here, for names are used again. */
    private Map<String, String> floors(Activity activity, Checkpoint checkpoint) {
        Map<String, String> floors = new TreeMap<>();
        activity.prepared().forEach((name, prepared) -> {
            String id = name + "@" + prepared;
            String before = checkpoint.prepared().get(id);
            floors.put(id, before != null ? before : floor(prepared, activity, checkpoint));
        });
        return floors;
    }

    /**
     * A transaction that was open and not yet prepared when a horizon was taken is not older than that, and one that was
     * prepared then is known by name.
     */
    private String floor(Instant prepared, Activity activity, Checkpoint checkpoint) {
        if (checkpoint.overtaken() != null) {
            return checkpoint.overtaken().from();
        }
        if (checkpoint.horizon() != null) {
            return checkpoint.horizon();
        }
        if (lag == null) {
            throw new SourceException(activity.prepared().size() + " prepared transactions are open, and what they"
                    + " wrote to " + checkpoint.source() + " may appear with a time of long ago: COMMIT PREPARED or"
                    + " ROLLBACK PREPARED them (pg_prepared_xacts lists them), then sync again; or set a horizon lag"
                    + " that is longer than any transaction takes until it is prepared. Only a table's first pass"
                    + " cannot tell when they began");
        }
        return prepared.minus(lag).toString();
    }

    /** What had been overtaken before stays so, until it has been read again. */
    private static @Nullable Overtaken overtaken(@Nullable Overtaken before, Instant horizon, Instant bound) {
        if (!bound.isAfter(horizon)) {
            return before;
        }
        if (before == null) {
            return new Overtaken(horizon.toString(), bound.toString());
        }
        Instant from = earlier(horizon, Instant.parse(before.from()));
        return new Overtaken(
                from.toString(), later(bound, Instant.parse(before.to())).toString());
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
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
                + ": the database was restored or its clock set back. Set the table back to a time before that with"
                + " state rewind, start it from its beginning with state reset, or wait if it is only the clock");
    }
}
