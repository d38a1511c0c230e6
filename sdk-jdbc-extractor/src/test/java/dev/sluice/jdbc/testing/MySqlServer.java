package dev.sluice.jdbc.testing;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What MariaDB and MySQL have in common: tests that both must pass take one of these.
 *
 * <p>Its time zone is +05:30, so that a text that depends on it is found out. There is no binlog. It survives that its
 * process is killed, not that the machine is.
 */
public abstract class MySqlServer extends DatabaseServer {
    private static final int NO_SUCH_THREAD = 1094;

    private @Nullable ServerProcess process;

    MySqlServer(String kind) {
        super(kind);
    }

    /** True where this machine can run the binaries at all: there are some for Linux on x86-64 alone. */
    static boolean isLinuxOnX86() {
        return System.getProperty("os.name").equals("Linux")
                && List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));
    }

    @Override
    public final String version() {
        return Statements.one(admin(), "SELECT version()");
    }

    @Override
    public final synchronized ProcessHandle process() {
        if (process == null) {
            throw new IllegalStateException("The server in " + folder() + " is stopped.");
        }
        return process.handle();
    }

    @Override
    public final synchronized void start() {
        List<String> options = new ArrayList<>(List.of(
                "--port=" + port(),
                "--bind-address=127.0.0.1",
                "--socket=server.sock", // in the data directory: a longer path may be too long for a socket
                "--skip-name-resolve",
                "--skip-ssl", // MariaDB takes seconds to make itself a certificate
                "--character-set-server=utf8mb4",
                "--default-time-zone=+05:30",
                "--innodb-doublewrite=0",
                "--innodb-flush-log-at-trx-commit=2"));
        options.addAll(moreOptions());
        process = new ServerProcess(command(options), "ready for connections");
        process.awaitReady();
    }

    @Override
    public final synchronized void stop() {
        if (process != null) {
            process.stop();
            process = null;
        }
    }

    /** The program, with the options that all of its runs have, then with these. */
    final ProcessBuilder command(List<String> options) {
        List<String> command = new ArrayList<>(List.of(
                program().toString(),
                "--no-defaults",
                "--datadir=" + data(),
                "--lc-messages-dir=" + program().resolveSibling("../share").normalize(),
                "--innodb-buffer-pool-size=64M",
                "--innodb-flush-method=nosync"));
        if (System.getProperty("user.name").equals("root")) {
            command.add("--user=root");
        }
        command.addAll(options);
        return new ProcessBuilder(command);
    }

    final Path data() {
        return folder().resolve("data");
    }

    abstract Path program();

    abstract List<String> moreOptions();

    @Override
    final String url(String database, String user) {
        return "jdbc:mysql://127.0.0.1:" + port() + "/" + database
                + "?sslMode=DISABLED&allowPublicKeyRetrieval=true&user=" + user;
    }

    @Override
    final DataSource admin() {
        return UrlDataSource.of(url("", adminName()));
    }

    @Override
    final String adminName() {
        return "root";
    }

    @Override
    final void createUser(String user) {
        Statements.run(admin(), "CREATE USER " + user);
    }

    @Override
    final void dropUser(String user) {
        Statements.run(admin(), "DROP USER " + user);
    }

    @Override
    final void killConnections(String database) {
        String connected = "SELECT id FROM information_schema.processlist WHERE db = '" + database + "'";
        long start = System.nanoTime();
        for (List<String> ids = connections(connected); !ids.isEmpty(); ids = connections(connected)) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(10)) {
                throw new IllegalStateException(ids.size() + " connections to " + database + " do not end");
            }
            ids.forEach(this::kill);
        }
    }

    private List<String> connections(String sql) {
        return Statements.column(admin(), sql);
    }

    private void kill(String id) {
        try (Connection connection = admin().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("KILL " + id);
        } catch (SQLException e) {
            if (e.getErrorCode() != NO_SUCH_THREAD) {
                throw new IllegalStateException("KILL " + id, e);
            }
        }
    }
}
