package dev.sluice.benchmarks;

import dev.sluice.StreamClient;
import dev.sluice.StreamWriter;
import dev.sluice.batch.Batch;
import dev.sluice.receipt.RowStatus;
import dev.sluice.row.RowMapper;
import dev.sluice.transport.Reply;
import dev.sluice.transport.Transport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a written row costs the client itself, its batches being accepted at once and without a network. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class WriteCost {
    /** In what form the rows are written. */
    public enum Rows {
        MAP,
        RECORD,
        ROW;

        List<?> pool() {
            return switch (this) {
                case MAP -> Event.pool(Event::toMap);
                case RECORD -> Event.pool(event -> event);
                case ROW -> Event.pool(RowMapper.standard()::map);
            };
        }
    }

    @Param
    public Rows rows = Rows.MAP;

    private final StreamClient client =
            StreamClient.builder().transport(new Accepting()).build();
    private final StreamWriter writer = client.writer("bronze.events").open();
    private List<?> pool = List.of();
    private int next;

    @Setup
    public void fill() {
        pool = rows.pool();
    }

    @Benchmark
    public CompletableFuture<RowStatus> write() {
        return writer.write(row());
    }

    /** A row that is not taken is offered again: a refusal costs little, and is no result. */
    @Benchmark
    public void offer() {
        Object row = row();
        while (!writer.offer(row)) {
            Thread.onSpinWait();
        }
    }

    private Object row() {
        next = next + 1 == Event.POOL ? 0 : next + 1;
        return pool.get(next);
    }

    @TearDown
    public void close() {
        writer.close();
        client.close();
    }

    /** Says at once that all rows are written. */
    private static final class Accepting implements Transport {
        @Override
        public Reply send(Batch batch, Duration timeout) {
            return new Reply.Counted(batch.rows(), 0, null, null, List.of());
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }
}
