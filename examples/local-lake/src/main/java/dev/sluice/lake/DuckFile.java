package dev.sluice.lake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.duckdb.DuckDBConnection;

/** One DuckDB file held open by this process, closed to every other file of the machine. */
final class DuckFile implements AutoCloseable {
    /** DuckDB shares one instance between connections of a process, so it would not notice a second lake. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final DuckDBConnection root;

    private DuckFile(Path path, DuckDBConnection root) {
        this.path = path;
        this.root = root;
    }

    /** Opens the file, creating it when it is absent. */
    static DuckFile openForWriting(Path file) {
        Path path = identity(file);
        if (!HELD.add(path)) {
            throw new LakeException(file + " is open as a lake in this process already: close that one first");
        }
        try {
            return new DuckFile(path, connect(path, false));
        } catch (LakeException e) {
            HELD.remove(path);
            throw e;
        }
    }

    /** Opens a file that is there and not held by another process. */
    static DuckFile openForReading(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new LakeException("there is no file " + file);
        }
        return new DuckFile(identity(file), connect(file, true));
    }

    private static Path identity(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        try {
            return Files.exists(absolute) ? absolute.toRealPath() : absolute;
        } catch (IOException e) {
            return absolute;
        }
    }

    private static DuckDBConnection connect(Path file, boolean readOnly) {
        Properties settings = new Properties();
        settings.setProperty("duckdb.read_only", String.valueOf(readOnly));
        settings.setProperty("jdbc_stream_results", "true");
        try {
            DuckDBConnection connection =
                    DriverManager.getConnection("jdbc:duckdb:" + file, settings).unwrap(DuckDBConnection.class);
            confine(connection);
            return connection;
        } catch (SQLException e) {
            throw new LakeException("cannot open " + file + ": " + SqlText.firstLine(e), e);
        }
    }

    private static void confine(DuckDBConnection connection) throws SQLException {
        boolean confined = false;
        try {
            Sql sql = new Sql(connection);
            sql.run("SET enable_external_access = false");
            sql.run("SET lock_configuration = true");
            confined = true;
        } finally {
            if (!confined) {
                connection.close();
            }
        }
    }

    /** A connection of its own, to be closed by the caller. */
    DuckDBConnection connection() throws SQLException {
        return root.duplicate();
    }

    /** How DuckDB names this file in a three-part name. */
    String catalog() {
        try {
            return root.getCatalog();
        } catch (SQLException e) {
            throw new LakeException("cannot read the name of " + path, e);
        }
    }

    /** Writes everything into the one file, so that any client opens it without a log beside it. */
    void checkpoint() throws SQLException {
        new Sql(root).run("CHECKPOINT");
    }

    @Override
    public void close() {
        try {
            root.close();
        } catch (SQLException e) {
            throw new LakeException("closing " + path + " failed: " + SqlText.firstLine(e), e);
        } finally {
            HELD.remove(path);
        }
    }
}
