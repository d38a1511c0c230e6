package dev.sluice.jdbc.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * A database server for tests: a process on 127.0.0.1 with a folder of its own, which both go when it is closed.
 *
 * <p>Each kind has one server for all tests of a JVM, {@code shared()}, which starts when it is first asked for and
 * ends with the JVM: stop and close none of those. {@code open()} starts one for the caller alone, to stop, kill and
 * restart; the caller closes it.
 */
public abstract class DatabaseServer implements AutoCloseable {
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final Path folder;
    private final int port = freePort();

    DatabaseServer(String kind) {
        folder = Folders.create(kind);
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /** An empty database in this server. */
    public final Database newDatabase() {
        return new Database(this, "test" + DATABASES.incrementAndGet());
    }

    /** The server's version, as it says it itself: {@code 17.11}, {@code 11.4.5-MariaDB}, {@code 8.0.15}. */
    public abstract String version();

    /** The server's process: to see that it is gone, or to kill it. */
    public abstract ProcessHandle process();

    /**
     * Starts a stopped or killed server again, on the port and the data it had; returns when it takes connections.
     *
     * @throws IllegalStateException it did not start; the message ends with the last lines that it wrote
     */
    public abstract void start();

    /** Shuts the server down in good order and returns when its process has ended; connections are cut. */
    public abstract void stop();

    public final void restart() {
        stop();
        start();
    }

    /** Where it listens. */
    public final int port() {
        return port;
    }

    /** Stops the server and deletes its folder. */
    @Override
    public final synchronized void close() {
        stop();
        Folders.delete(folder);
    }

    final Path folder() {
        return folder;
    }

    abstract String url(String database, String user);

    /** A database that is always there, for the user who may do everything. */
    abstract DataSource admin();

    abstract String adminName();

    abstract void createUser(String user);

    abstract void dropUser(String user);

    abstract void killConnections(String database);

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
