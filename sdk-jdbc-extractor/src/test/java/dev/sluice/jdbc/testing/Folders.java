package dev.sluice.jdbc.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Temporary folders. */
final class Folders {
    private Folders() {}

    static Path create(String kind) {
        try {
            return Files.createTempDirectory("sluice-" + kind + "-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One that is deleted when the JVM ends. */
    static Path createForJvm(String kind) {
        Path folder = create(kind);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
        return folder;
    }

    static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(folder)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path one : deepestFirst) {
                Files.delete(one);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
