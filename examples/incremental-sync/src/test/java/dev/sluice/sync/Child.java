package dev.sluice.sync;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The command line in a process of its own, which hears signals; what it prints goes to files. */
final class Child implements AutoCloseable {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

    private final Process process;
    private final Path out;
    private final Path err;

    private Child(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    static Child start(Path folder, String... arguments) throws IOException {
        return start(folder, System.getenv(), arguments);
    }

    /** @param folder where the files are, which have the names of the streams */
    static Child start(Path folder, Map<String, String> environment, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.sluice.sync.Main"));
        command.addAll(List.of(arguments));
        ProcessBuilder process = new ProcessBuilder(command);
        process.environment().clear();
        process.environment().putAll(environment);
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        return new Child(
                process.redirectOutput(out.toFile()).redirectError(err.toFile()).start(), out, err);
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Its status. */
    int await() throws InterruptedException {
        if (!process.waitFor(PATIENCE, TimeUnit.NANOSECONDS)) {
            throw new AssertionError("the process does not end: " + err());
        }
        return process.exitValue();
    }

    String out() {
        return read(out);
    }

    String err() {
        return read(err);
    }

    /** Waits until it has said something on stderr. */
    String awaitErr(Predicate<String> said) throws InterruptedException {
        long start = System.nanoTime();
        while (!said.test(err())) {
            if (System.nanoTime() - start > PATIENCE || process.waitFor(50, TimeUnit.MILLISECONDS)) {
                if (said.test(err())) {
                    break;
                }
                throw new AssertionError("it was never said: " + err() + out());
            }
        }
        return err();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
