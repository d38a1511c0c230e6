package dev.sluice.jdbc.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** MySQL 8.0, from a Maven artifact; where it cannot run, for want of libaio1 mostly, the test that asks is skipped. */
public final class MySql8 extends MySqlServer {
    private MySql8() {
        super("mysql");
        initialize();
    }

    public static MySql8 shared() {
        assumeItRuns();
        return Shared.SERVER;
    }

    public static MySql8 open() {
        assumeItRuns();
        MySql8 server = new MySql8();
        server.start();
        return server;
    }

    /** What this machine lacks to run it, and how to get it; empty where it runs. */
    public static Optional<String> missing() {
        return isLinuxOnX86() ? Unpacked.MISSING : Optional.of("MySQL's binaries are for Linux on x86-64.");
    }

    @Override
    Path program() {
        return Unpacked.PROGRAM;
    }

    @Override
    List<String> moreOptions() {
        return List.of("--disable-log-bin", "--mysqlx=OFF");
    }

    /** Made for a user at localhost, and so for none while names are not looked up. */
    private void initialize() {
        Path users = folder().resolve("users.sql");
        try {
            Files.writeString(
                    users, "CREATE USER root@'127.0.0.1';\nGRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        new ServerProcess(command(List.of("--initialize-insecure", "--init-file=" + users)), "").awaitSuccess();
    }

    private static void assumeItRuns() {
        assumeTrue(missing().isEmpty(), () -> missing().orElseThrow());
    }

    private static final class Shared {
        static final MySql8 SERVER = open();
    }

    /** The program, once for all servers of this JVM. */
    private static final class Unpacked {
        static final Path HOME = unpack();
        static final Path PROGRAM = HOME.resolve("bin/mysqld");
        static final Optional<String> MISSING = tryIt();

        static Path unpack() {
            Path home = Folders.createForJvm("mysql-program");
            Path archive = home.resolve("mysql.tar.gz");
            try (InputStream content = MySql8.class.getResourceAsStream("/mysql-Linux-amd64.tar.gz")) {
                Files.copy(content, archive);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            List<String> tar = List.of("tar", "-xzf", archive.toString(), "--no-same-owner", "-C", home.toString());
            new ServerProcess(new ProcessBuilder(tar), "").awaitSuccess();
            return home;
        }

        static Optional<String> tryIt() {
            ServerProcess version =
                    new ServerProcess(new ProcessBuilder(PROGRAM.toString(), "--version"), "mysqld  Ver");
            try {
                version.awaitReady();
                return Optional.empty();
            } catch (IllegalStateException e) {
                if (!e.getMessage().contains("error while loading shared libraries")) {
                    throw e;
                }
                return Optional.of("MySQL 8 is not tested here, for it needs libaio1: install that package"
                        + " (Debian: apt-get install libaio1), or name the folder of libaio.so.1 in LD_LIBRARY_PATH.\n"
                        + version.lastLines());
            }
        }
    }
}
