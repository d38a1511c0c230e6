package dev.sluice.jdbc.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** PostgreSQL, in the version whose binaries the build has put on the class path. */
public final class Postgres extends DatabaseServer {
    private static final int SHOWN_LINES = 30;

    private final Path data = folder().resolve("data");
    private final Path log = folder().resolve("log");
    private @Nullable EmbeddedPostgres server;

    private Postgres() {
        super("postgres");
    }

    public static Postgres shared() {
        return Shared.SERVER;
    }

    public static Postgres open() {
        Postgres server = new Postgres();
        server.start();
        return server;
    }

    @Override
    public String version() {
        return Statements.one(admin(), "SHOW server_version");
    }

    @Override
    public ProcessHandle process() {
        return ProcessHandle.of(processId())
                .orElseThrow(() -> new IllegalStateException("The PostgreSQL in " + folder() + " has ended."));
    }

    @Override
    public synchronized void start() {
        stop(); // what a killed one has left
        Redirect output = Redirect.appendTo(log.toFile());
        try {
            server = EmbeddedPostgres.builder()
                    .setPort(port())
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setPGStartupWait(Duration.ofSeconds(30))
                    .setOutputRedirector(output)
                    .setErrorRedirector(output)
                    .setServerConfig("listen_addresses", "127.0.0.1")
                    .setServerConfig("max_prepared_transactions", "10")
                    .setServerConfig("fsync", "off")
                    .start();
        } catch (IOException | IllegalStateException e) {
            throw new IllegalStateException("PostgreSQL did not start. It wrote last:\n" + lastLines(), e);
        }
    }

    @Override
    public synchronized void stop() {
        if (server == null) {
            return;
        }
        try {
            Optional<ProcessHandle> process = ProcessHandle.of(processId());
            server.close();
            server = null;
            if (process.isPresent()) { // it outlives the file by which it is said to have ended
                process.get().onExit().get(1, TimeUnit.MINUTES);
            }
        } catch (IOException | InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException("PostgreSQL did not stop. It wrote last:\n" + lastLines(), e);
        }
    }

    @Override
    String url(String database, String user) {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + database + "?user=" + user;
    }

    @Override
    DataSource admin() {
        return UrlDataSource.of(url("postgres", adminName()));
    }

    @Override
    String adminName() {
        return "postgres";
    }

    @Override
    void createUser(String user) {
        Statements.run(admin(), "CREATE ROLE " + user + " LOGIN");
    }

    @Override
    void dropUser(String user) {
        Statements.run(admin(), "DROP ROLE " + user);
    }

    @Override
    void killConnections(String database) {
        Statements.run(
                admin(),
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                        + " WHERE backend_type = 'client backend' AND datname = '" + database + "'");
    }

    private long processId() {
        try (var lines = Files.lines(data.resolve("postmaster.pid"))) {
            return Long.parseLong(lines.findFirst().orElseThrow().strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String lastLines() {
        try {
            List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Shared {
        static final Postgres SERVER = open();
    }
}
