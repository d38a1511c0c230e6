package dev.sluice.sync;

import io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The demo's PostgreSQL: unpacked, started, filled, and gone without a trace when it is closed. */
final class DemoDatabase implements AutoCloseable {
    private final Path directory;
    private final EmbeddedPostgres server;

    private DemoDatabase(Path directory, EmbeddedPostgres server) {
        this.directory = directory;
        this.server = server;
    }

    /**
     * Starts a server of its own on a free port.
     *
     * @throws CliException if it does not run on this machine, with what to do about it
     */
    static DemoDatabase start() {
        Path directory = Folders.temporary("sluice-demo-postgres-");
        EmbeddedPostgres server = null;
        try {
            server = start(directory);
            return new DemoDatabase(directory, server);
        } catch (IOException | RuntimeException | ExceptionInInitializerError e) {
            throw e instanceof CliException known ? known : cannotStart(directory, e);
        } finally {
            if (server == null) {
                Folders.remove(directory);
            }
        }
    }

    private static EmbeddedPostgres start(Path directory) throws IOException {
        ProcessBuilder.Redirect log =
                ProcessBuilder.Redirect.appendTo(log(directory).toFile());
        return EmbeddedPostgres.builder()
                // A resolver of our own for each start: the library keeps what it unpacked by resolver.
                .setPgBinaryResolver((system, machine) -> binaries(system, machine))
                .setOverrideWorkingDirectory(directory.toFile())
                .setDataDirectory(directory.resolve("data"))
                .setRegisterShutdownHook(false)
                .setOutputRedirector(log)
                .setErrorRedirector(log)
                .start();
    }

    private static InputStream binaries(String system, String machine) throws IOException {
        @Nullable InputStream archive;
        try {
            archive = DefaultPostgresBinaryResolver.INSTANCE.getPgBinary(system, machine);
        } catch (IllegalStateException e) {
            archive = null;
        }
        if (archive == null) {
            throw CliException.usage(
                    "this build carries no PostgreSQL for " + system + " on " + machine
                            + ": build it on this machine with mvn -DskipTests package, or use sync with a database of your own");
        }
        return archive;
    }

    private static CliException cannotStart(Path directory, Throwable e) {
        String root = "root".equals(System.getProperty("user.name"))
                ? "as root it needs the program unshare and user namespaces, so run the demo as an ordinary user,"
                : "see that " + directory.getParent() + " has 200 MB free and programs may be run from it,";
        return CliException.usage(
                "the demo's PostgreSQL cannot start: " + reason(directory, e) + "; " + root
                        + " or use sync with a database of your own",
                e);
    }

    /** The server's own last words say more than the exit code of its process. */
    private static String reason(Path directory, Throwable e) {
        try {
            List<String> lines = Files.readAllLines(log(directory), StandardCharsets.UTF_8);
            return lines.stream()
                    .filter(line -> line.contains("error:") || line.contains("FATAL") || line.contains("failed"))
                    .findFirst()
                    .orElseGet(() -> Words.firstLine(e));
        } catch (IOException unreadable) {
            return Words.firstLine(e);
        }
    }

    private static Path log(Path directory) {
        return directory.resolve("postgres.log");
    }

    String url() {
        return "jdbc:postgresql://localhost:" + server.getPort() + "/postgres";
    }

    int port() {
        return server.getPort();
    }

    /** A connection for a transaction that stays open. */
    Connection connect() throws SQLException {
        return server.getPostgresDatabase().getConnection();
    }

    /** Runs the statements, each row they change in one transaction. */
    void run(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Makes the tables and their rows: the same in every run. */
    void fill() throws SQLException, IOException {
        try (InputStream script = Objects.requireNonNull(DemoDatabase.class.getResourceAsStream("demo.sql"))) {
            run(new String(script.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw CliException.failed("the demo's PostgreSQL (port " + port() + ") could not be stopped: " + e, e);
        } finally {
            Folders.remove(directory);
        }
    }
}
