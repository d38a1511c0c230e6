package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.Stamps;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.UnaryOperator;

/** One table's checkpoint during a pass: what it is now is what the store has. Thread-safe. */
final class Progress {
    private final CheckpointStore store;
    private Checkpoint checkpoint;
    private long given;

    Progress(CheckpointStore store, Checkpoint checkpoint) {
        this.store = store;
        this.checkpoint = checkpoint;
        this.given = checkpoint.sequence();
    }

    synchronized Checkpoint now() {
        return checkpoint;
    }

    /** Saves what becomes of the checkpoint; if that fails it stays what it was. */
    synchronized void save(UnaryOperator<Checkpoint> change) {
        Checkpoint next = change.apply(checkpoint);
        if (!next.equals(checkpoint)) {
            store.save(next);
            checkpoint = next;
        }
    }

    /**
     * Stamps for rows that are read now, with so many numbers of their own. The sequence follows the clock where the
     * clock is ahead, so that it goes on rising even when the checkpoints were lost and rows are sent anew.
     */
    synchronized Stamps stamps(int rows) {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, now);
        long first = Math.max(given + 1, micros);
        given = first + rows - 1;
        return new Stamps(first, now.toString());
    }
}
