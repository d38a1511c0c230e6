package dev.sluice.benchmarks.sync;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The plain program once more, as a Python script with psycopg and requests, in a process of its own.
 *
 * @param python the interpreter
 * @param file the script
 */
record Script(String python, Path file) implements External {
    /** What to install where it cannot run. */
    static final String MISSING = "there is no python3 with psycopg and requests"
            + " (Debian: apt-get install python3-psycopg python3-requests)";

    private static final String IS = "Python: psycopg, dicts, json, requests";

    /** Written into a folder; empty where no Python on this machine can run it. */
    static Optional<External> into(Path folder) throws IOException, InterruptedException {
        for (String python : List.of("python3", "/usr/bin/python3")) {
            if (runs(python)) {
                Path file = folder.resolve("naive_sync.py");
                try (InputStream content = Script.class.getResourceAsStream("naive_sync.py")) {
                    Files.copy(Objects.requireNonNull(content), file);
                }
                return Optional.of(new Script(python, file));
            }
        }
        return Optional.empty();
    }

    @Override
    public Contender contender() {
        return new Contender(Contender.SCRIPT, IS, Contender.Kind.PLAIN, External.runsAlone());
    }

    @Override
    public List<String> command(Job job) {
        return List.of(
                python,
                file.toString(),
                connection(job.database()),
                job.table(),
                SampleTable.WATERMARK,
                job.sink().toString());
    }

    private static String connection(String jdbcUrl) {
        URI url = URI.create(jdbcUrl.substring("jdbc:".length()));
        return "host=" + url.getHost() + " port=" + url.getPort() + " dbname="
                + url.getPath().substring(1) + " " + url.getQuery();
    }

    private static boolean runs(String python) throws InterruptedException {
        try {
            return new ProcessBuilder(python, "-c", "import psycopg, requests")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
