package dev.sluice.benchmarks.sync;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The command line's program by its launcher script: this library as it comes, with shared classes.
 *
 * @param launcher the script
 * @param folder for configurations and states
 */
record Program(Path launcher, Path folder) implements External {
    /** Empty if it was not built. */
    static Optional<External> of(Bench bench) {
        Path launcher = launcher(bench);
        return Files.exists(launcher) ? Optional.of(new Program(launcher, bench.folder())) : Optional.empty();
    }

    static Path launcher(Bench bench) {
        return bench.options().syncProgram().resolve("sluice");
    }

    @Override
    public Contender contender() {
        return new Contender(
                Contender.PROGRAM,
                "the launcher script, 5,000 rows a batch",
                Contender.Kind.OURS,
                External.runsAlone());
    }

    @Override
    public List<String> command(Job job) throws IOException {
        Path fresh = Files.createTempDirectory(folder, "program");
        return List.of(
                launcher.toString(), "sync", "--config", config(job, fresh).toString());
    }

    /** Writes a configuration into a folder, in which the state is kept too. */
    static Path config(Job job, Path folder) throws IOException {
        int user = job.database().indexOf("?user=");
        return Files.writeString(folder.resolve("sync.yaml"), """
                destination: { url: "%s", apiKey: benchmark }
                source: { url: "%s", user: "%s", password: "" }
                state: "%s"
                tables:
                  - { source: %s, destination: %s, watermark: %s, key: [%s] }
                """.formatted(
                        job.sink(),
                        job.database().substring(0, user),
                        job.database().substring(user + "?user=".length()),
                        folder.resolve("state"),
                        job.table(),
                        TableSync.DESTINATION,
                        SampleTable.WATERMARK,
                        SampleTable.KEY));
    }
}
