package dev.sluice.sync;

import dev.sluice.lake.LocalLake;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Runs what a sync needs, so that the build can archive the classes that are loaded by then. */
@Command(name = "train", hidden = true, description = "Syncs the demo's tables: for the build, which archives classes.")
final class TrainCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        Path directory = Folders.temporary("sluice-train-");
        try (DemoDatabase database = DemoDatabase.start();
                LocalLake lake = LocalLake.builder()
                        .file(directory.resolve("lake.duckdb"))
                        .apiKey(Demo.KEY)
                        .port(0)
                        .start()) {
            database.fill();
            Path file = directory.resolve("sync.yaml");
            Files.writeString(file, Demo.config(database.url(), lake.baseUrl().toString()));
            // The first one carries rows, the second one finds nothing new.
            return Math.max(sync(file), sync(file));
        } catch (SQLException | IOException e) {
            throw CliException.failed("the training failed: " + Words.firstLine(e), e);
        } finally {
            Folders.remove(directory);
        }
    }

    private static int sync(Path file) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return Main.run(List.of("sync", "--config", file.toString()), Map.of(), nowhere, nowhere);
    }
}
