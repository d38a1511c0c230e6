package dev.sluice.jdbc;

import dev.sluice.batch.Batch;
import dev.sluice.transport.Reply;
import dev.sluice.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Takes batches, but for some that it loses before or behind their landing, by the dice. Thread-safe. */
final class FaultyLake implements Transport {
    private final Random random;
    private final List<Batch> landed = new ArrayList<>();
    private int trouble;

    FaultyLake(Random random) {
        this.random = random;
    }

    /** Of a hundred batches so many meet with trouble from now on. */
    synchronized void trouble(int percent) {
        trouble = percent;
    }

    @Override
    public synchronized Reply send(Batch batch, Duration timeout) {
        if (random.nextInt(100) >= trouble) {
            landed.add(batch);
            return new Reply.Counted(batch.rows(), 0, "req_1", null, List.of());
        }
        return switch (random.nextInt(3)) {
            case 0 -> new Reply.NotSent("the line is cut");
            case 1 -> new Reply.Refused(503, "overloaded", null, null);
            default -> {
                landed.add(batch);
                yield new Reply.Unreadable("the answer is lost", 0);
            }
        };
    }

    /** Every batch that landed, as often as it did. */
    synchronized List<Batch> landed() {
        return List.copyOf(landed);
    }

    @Override
    public void close() {}
}
