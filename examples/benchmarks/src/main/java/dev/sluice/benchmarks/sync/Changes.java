package dev.sluice.benchmarks.sync;

import dev.sluice.benchmarks.measure.ChildProcess;
import dev.sluice.benchmarks.measure.Samples;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What a pass costs when little or nothing has changed. */
final class Changes {
    private static final double IDLE_MOST = 20;

    /** How much more a row may cost among few changes than among ten times as many. */
    private static final double PROPORTIONAL = 2;

    private static final String HEAD = """
            | database | rows changed | a pass, ms: median (fastest-slowest) | p95 | us for each changed row |
            |---|---:|---:|---:|---:|
            """;

    private final Bench bench;
    private final List<Aim> aims = new ArrayList<>();
    private final StringBuilder table = new StringBuilder(HEAD);

    private Changes(Bench bench) {
        this.bench = bench;
    }

    static Section run(Bench bench) throws IOException, InterruptedException {
        Changes changes = new Changes(bench);
        changes.on("PostgreSQL", bench.postgres());
        if (bench.noMySql().isEmpty()) {
            changes.on("MySQL", bench.mySql());
        }
        String text = """
                One program stays up: a pass carries the whole table, 30 more warm it up, then those without a change are
                measured, and those behind one statement that changes rows all over the table. 0.2 s lie between passes;
                after a change on MySQL 3 s, for it tells the age of transactions in seconds and rows wait for them.

                """;
        return new Section(
                "Incremental",
                text
                        + changes.table
                        + bench.noMySql()
                                .map(why -> "\nMySQL was not run: " + why)
                                .orElse(""),
                changes.aims);
    }

    private void on(String database, Job job) throws IOException, InterruptedException {
        Log.say("incremental: %s", database);
        ChildProcess child = ChildProcess.run(
                "incremental", ChildProcess.java(bench.options().jvm(), ChangesLap.class, job.words()));
        Map<Long, Samples> passes = new TreeMap<>();
        for (long[] result : child.results()) {
            passes.computeIfAbsent(result[0], changes -> new Samples()).add(result[1] / 1e6);
        }
        check(job);
        passes.forEach((changes, millis) -> table.append(line(database, changes, millis)));
        aims.addAll(aims(database, job.rows(), passes));
    }

    private void check(Job job) throws IOException {
        long due = job.rows();
        for (int part : ChangesLap.PARTS) {
            due += job.rows() / part * ChangesLap.TIMES;
        }
        long came = bench.sink().tally().events();
        if (came != due) {
            throw new IllegalStateException(came + " rows came instead of " + due);
        }
    }

    private static String line(String database, long changes, Samples millis) {
        return String.format(
                Locale.ROOT,
                "| %s | %,d | %.1f (%.1f-%.1f) | %.1f | %s |%n",
                database,
                changes,
                millis.median(),
                millis.least(),
                millis.most(),
                millis.p95(),
                changes == 0 ? "-" : String.format(Locale.ROOT, "%.1f", millis.median() * 1e3 / changes));
    }

    static List<Aim> aims(String database, long rows, Map<Long, Samples> passes) {
        double idle = median(passes, 0);
        double few = (median(passes, rows / 100) - idle) * 100 / rows;
        double many = (median(passes, rows / 10) - idle) * 10 / rows;
        String what = String.format(Locale.ROOT, "%s: a pass over a table of %,d rows", database, rows);
        return List.of(
                Aim.atMost(what + ", none changed", IDLE_MOST, idle, " ms"),
                new Aim(
                        String.format(Locale.ROOT, "%s, %,d changed", what, rows / 100),
                        "in proportion to the changes",
                        String.format(
                                Locale.ROOT, "%.1f us a row, and %.1f with ten times as many", few * 1e3, many * 1e3),
                        Aim.verdict(few <= many * PROPORTIONAL)));
    }

    private static double median(Map<Long, Samples> passes, long changes) {
        return Objects.requireNonNull(passes.get(changes), "a pass was not measured")
                .median();
    }
}
