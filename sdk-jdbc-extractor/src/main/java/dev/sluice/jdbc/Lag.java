package dev.sluice.jdbc;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How old the last complete picture of a table is, by the database's clock; thread-safe. */
final class Lag {
    private final LongSupplier nanos;
    private @Nullable Instant database;
    private @Nullable Instant horizon;
    private long taken;

    /** @param nanos goes on between two looks at the database's clock */
    Lag(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** The database says what time it is. */
    synchronized void databaseTime(Instant now) {
        database = now;
        taken = nanos.getAsLong();
    }

    /** Everything below a time has been read and settled. */
    synchronized void reached(Instant time) {
        horizon = time;
    }

    /** The age; empty while nothing is complete, or the database's time is not known. */
    synchronized Optional<Duration> now() {
        if (database == null || horizon == null) {
            return Optional.empty();
        }
        return Optional.of(Duration.between(horizon, database).plusNanos(nanos.getAsLong() - taken));
    }
}
