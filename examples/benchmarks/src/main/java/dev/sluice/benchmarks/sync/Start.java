package dev.sluice.benchmarks.sync;

import dev.sluice.benchmarks.measure.ChildProcess;
import dev.sluice.benchmarks.measure.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The command line's program from its start to its end, when there is nothing to carry. */
final class Start {
    private static final int TIMES = 10;
    private static final double JAR_MOST = 1.2;
    private static final double LAUNCHER_MOST = 0.8;
    private static final String HEAD = """
            | started by | s: median (fastest-slowest) |
            |---|---:|
            """;

    private final Bench bench;
    private final Path config;
    private final List<Aim> aims = new ArrayList<>();
    private final StringBuilder table = new StringBuilder(HEAD);

    private Start(Bench bench, Path config) {
        this.bench = bench;
        this.config = config;
    }

    static Section run(Bench bench) throws IOException, InterruptedException {
        Path jar = bench.options().syncProgram().resolve("incremental-sync.jar");
        Path launcher = Program.launcher(bench);
        Start start = new Start(bench, Program.config(bench.postgres(), bench.folder()));
        start.measure("`java -jar`", jar, List.of(ChildProcess.java(), "-jar", jar.toString()), JAR_MOST);
        start.measure("the launcher script", launcher, List.of(launcher.toString()), LAUNCHER_MOST);
        return new Section(
                "Start",
                "The program of `examples/incremental-sync`: `sync` on one table that is up to date, whole process,"
                        + " with the JVM's own settings.\n\n" + start.table,
                start.aims);
    }

    private void measure(String how, Path program, List<String> start, double most)
            throws IOException, InterruptedException {
        String what = "`sync` of an up-to-date table, whole process, by " + how;
        if (!Files.exists(program)) {
            aims.add(Aim.notRun(what, "at most " + most + " s", "there is no " + program.getFileName()));
            table.append("| " + how + " | not run: there is no `" + program.getFileName() + "` |\n");
            return;
        }
        List<String> command = new ArrayList<>(start);
        command.addAll(List.of("sync", "--config", config.toString()));
        Log.say("start: %s", how);
        // The first brings the table up to date.
        ChildProcess ignored = ChildProcess.run(how, command);
        bench.sink().tally();
        Samples seconds = new Samples();
        for (int i = 0; i < TIMES; i++) {
            seconds.add(ChildProcess.run(how, command).nanos() / 1e9);
        }
        if (bench.sink().tally().events() != 0) {
            throw new IllegalStateException("the table was not up to date");
        }
        aims.add(Aim.atMost(what, most, seconds.median(), " s"));
        table.append(String.format(
                Locale.ROOT, "| %s | %.2f (%.2f-%.2f) |%n", how, seconds.median(), seconds.least(), seconds.most()));
    }
}
