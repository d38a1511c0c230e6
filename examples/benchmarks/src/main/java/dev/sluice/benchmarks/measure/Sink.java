package dev.sluice.benchmarks.measure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A server that takes what all contestants send, counts the events, and keeps nothing but compressed bodies. */
public final class Sink implements AutoCloseable {
    private final ServerSocket server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Arrivals arrivals = new Arrivals();

    public Sink() throws IOException {
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept, "sink");
    }

    public URI url() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** All events that ever came in plain bodies; each is counted before it is answered. */
    public long events() {
        return arrivals.events();
    }

    /** What came since the last call, compressed bodies too, which are unpacked only now. */
    public Tally tally() throws IOException {
        return arrivals.tally();
    }

    /**
     * How to answer compressed bodies, which are not looked into before the {@link #tally}: each has {@code batch} rows,
     * but for the last of {@code total}.
     */
    public void expect(int batch, long total) {
        arrivals.expect(batch, total);
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                start(() -> serve(socket), "sink connection");
            }
        } catch (IOException e) {
            // Closed: there is nothing more to accept.
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            new SinkConnection(socket, arrivals).serve();
        } catch (IOException e) {
            // The client went away, or the sink was closed; whether events are missing is for the count to say.
        } finally {
            open.remove(socket);
        }
    }

    private static void start(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }
}
