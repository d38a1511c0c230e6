package dev.sluice.benchmarks;

import dev.sluice.row.JsonWriter;
import dev.sluice.row.RowMapper;
import java.util.List;
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
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to make JSON of a row, and nothing else. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class RowCosts {
    @Param
    public WriteCost.Rows rows = WriteCost.Rows.MAP;

    private final RowMapper mapper = RowMapper.standard();
    private final JsonWriter json = new JsonWriter(1_024);
    private List<?> pool = List.of();
    private int next;

    @Setup
    public void fill() {
        pool = rows.pool();
    }

    @Benchmark
    public int write() {
        next = next + 1 == Event.POOL ? 0 : next + 1;
        json.truncate(0);
        mapper.write(pool.get(next), json);
        return json.size();
    }
}
