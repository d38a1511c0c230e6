package dev.sluice.sync;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows the whole on this machine, with nothing set up before. */
@Command(
        name = "demo",
        description = "Starts a PostgreSQL with sample data and a local lake, syncs, changes rows, syncs again, and"
                + " prints the history and the current state.")
final class DemoCommand implements Callable<Integer> {
    private final Console console;
    private final StopSwitch stop;

    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description =
                    "Where the lake and the generated sync.yaml are left; a new temporary directory unless given.")
    private @Nullable Path directory;

    DemoCommand(Console console, StopSwitch stop) {
        this.console = console;
        this.stop = stop;
    }

    @Override
    public Integer call() {
        // The process is left to end as the signal says: what the lake's library unpacked is only then removed.
        stop.listen(false);
        if (directory != null) {
            new Demo(console, stop, empty(directory)).run();
            return Status.DELIVERED;
        }
        Path made = Folders.temporary("sluice-demo-");
        boolean finished = false;
        try {
            new Demo(console, stop, made).run();
            finished = true;
        } finally {
            if (!finished) {
                Folders.remove(made);
            }
        }
        return Status.DELIVERED;
    }

    private static Path empty(Path directory) {
        try {
            Path made = Files.createDirectories(directory).toAbsolutePath().normalize();
            try (Stream<Path> files = Files.list(made)) {
                if (files.findAny().isPresent()) {
                    throw CliException.usage("--dir " + directory + " is not empty: name a new or an empty directory");
                }
            }
            return made;
        } catch (IOException e) {
            throw CliException.usage("cannot use --dir " + directory + ": " + e + "; name another one", e);
        }
    }
}
