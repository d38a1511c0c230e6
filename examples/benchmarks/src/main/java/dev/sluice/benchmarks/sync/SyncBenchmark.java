package dev.sluice.benchmarks.sync;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Runs the parts one after the other, and writes the report and the plot. */
public final class SyncBenchmark {
    private static final String REPORT = "sync.md";
    private static final String PLOT = "sync.svg";

    private final SyncOptions options;
    private final List<Section> sections = new ArrayList<>();
    private boolean failed;

    private SyncBenchmark(SyncOptions options) {
        this.options = options;
    }

    public static void main(String[] args) throws Exception {
        SyncOptions options;
        try {
            options = SyncOptions.parse(example(), args);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        boolean good = run(options);
        System.exit(good ? 0 : 1);
    }

    /** Whether every part came to its end; whether aims are met is in the report. */
    static boolean run(SyncOptions options) throws IOException, InterruptedException {
        SyncBenchmark benchmark = new SyncBenchmark(options);
        try (Bench bench = new Bench(options)) {
            benchmark.part(SyncOptions.Part.POSTGRES, () -> WholeTable.onPostgres(bench));
            benchmark.part(SyncOptions.Part.MYSQL, () -> WholeTable.onMySql(bench));
            benchmark.part(SyncOptions.Part.INCREMENTAL, () -> Changes.run(bench));
            benchmark.part(SyncOptions.Part.MEMORY, () -> Memory.run(bench));
            benchmark.part(SyncOptions.Part.START, () -> Start.run(bench));
            benchmark.write(bench.versions());
        }
        return !benchmark.failed;
    }

    /** Work that may fail. */
    @FunctionalInterface
    private interface Work {
        Section run() throws IOException, InterruptedException;
    }

    /** A part that fails is in the report as such, and the others are not lost for it. */
    private void part(SyncOptions.Part part, Work work) throws IOException, InterruptedException {
        if (!options.runs(part)) {
            return;
        }
        try {
            sections.add(work.run());
        } catch (IllegalStateException e) {
            failed = true;
            Log.say("%s FAILED: %s", part, e);
            sections.add(new Section(
                    part + " (failed)",
                    "**Failed**: " + e,
                    List.of(new Aim(part + "", "runs", "failed", "**failed**"))));
        }
    }

    private void write(List<String> databases) throws IOException {
        Optional<String> plot = Report.svg(sections);
        String report = Report.markdown(conditions(databases), sections, plot.map(svg -> PLOT));
        Files.createDirectories(options.results());
        Files.writeString(options.results().resolve(REPORT), report);
        if (plot.isPresent()) {
            Files.writeString(options.results().resolve(PLOT), plot.get());
        }
        System.out.print(report);
    }

    private String conditions(List<String> databases) {
        return String.format(
                Locale.ROOT,
                """
                One run of `benchmarks.jar sync`: %d cores, %s, Java %s, %s; contestants' JVMs with `%s`; %,d rows; rounds: %d.
                Database, contestant and sink share the machine, over loopback. Only the ratios within a run count.
                """,
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                System.getProperty("java.version"),
                String.join(", ", databases),
                String.join(" ", options.jvm()),
                options.rows(),
                options.rounds());
    }

    /** The folder of this example: the one that has {@code target}, with the classes or the jar. */
    private static Path example() throws Exception {
        URI code = SyncBenchmark.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        return Path.of(code).resolve("../..").normalize();
    }
}
