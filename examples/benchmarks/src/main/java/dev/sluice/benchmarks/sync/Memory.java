package dev.sluice.benchmarks.sync;

import dev.sluice.benchmarks.measure.ChildProcess;
import dev.sluice.benchmarks.measure.Tally;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The sync in a small heap: more rows, and longer ones, take no more of it. */
final class Memory {
    private static final long LONG_ROWS = 2_000;
    private static final List<String> SMALL = List.of("-Xmx64m", "-XX:+ExitOnOutOfMemoryError");
    private static final String HEAD = """
            | table | passes | s | peak RSS MB | JSON MB |
            |---|---|---:|---:|---:|
            """;

    private final Bench bench;
    private final List<Aim> aims = new ArrayList<>();
    private final StringBuilder table = new StringBuilder(HEAD);

    private Memory(Bench bench) {
        this.bench = bench;
    }

    static Section run(Bench bench) throws IOException, InterruptedException {
        Memory memory = new Memory(bench);
        memory.all();
        return new Section(
                "Memory",
                "Sync with 5,000-row batches in a heap of 64 MB (`-Xmx64m`); all rows arrived where it passes.\n\n"
                        + memory.table,
                memory.aims);
    }

    private void all() throws IOException, InterruptedException {
        long many = bench.options().manyRows();
        carry(String.format(Locale.ROOT, "PostgreSQL, %,d rows", bench.options().rows()), bench.postgres());
        carry(
                String.format(Locale.ROOT, "PostgreSQL, %,d rows", many),
                bench.postgres("many", many, SampleTable::onPostgres));
        bench.dropOnPostgres("many");
        carry(
                String.format(Locale.ROOT, "PostgreSQL, %,d rows of 1 MB", LONG_ROWS),
                bench.postgres("long_rows", LONG_ROWS, SampleTable::longRows));
        bench.dropOnPostgres("long_rows");
        if (bench.noMySql().isEmpty()) {
            carry(String.format(Locale.ROOT, "MySQL, %,d rows", bench.options().rows()), bench.mySql());
        }
    }

    private void carry(String what, Job job) throws IOException, InterruptedException {
        Log.say("64 MB: %s", what);
        Contender sync = Contender.named(Contender.sync(5_000));
        try {
            ChildProcess child = ChildProcess.run(what, Lap.command(sync, job, SMALL, false));
            passed(what, job, child, bench.sink().tally());
        } catch (IllegalStateException e) {
            Tally ignored = bench.sink().tally();
            add(what, "**no**: " + e.getMessage(), "-", "-", "-", false);
        }
    }

    private void passed(String what, Job job, ChildProcess child, Tally came) {
        if (came.events() != job.rows()) {
            throw new IllegalStateException(came.events() + " rows came of " + job.rows());
        }
        long peak = Lap.of(child).peakBytes();
        add(
                what,
                "yes",
                String.format(Locale.ROOT, "%.1f", child.nanos() / 1e9),
                peak == 0 ? "-" : String.format(Locale.ROOT, "%.0f", peak / 1e6),
                String.format(Locale.ROOT, "%,.0f", came.bytes() / 1e6),
                true);
    }

    private void add(String what, String passes, String seconds, String peak, String json, boolean met) {
        table.append("| " + what + " | " + passes + " | " + seconds + " | " + peak + " | " + json + " |\n");
        String measured = met ? "passes, peak RSS " + peak + " MB" : passes;
        aims.add(new Aim(what + ", in a heap of 64 MB", "passes", measured, Aim.verdict(met)));
    }
}
