package dev.sluice.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** A relay in front of a server on this machine that cuts connections, or goes silent, after so many bytes. */
final class CuttingProxy implements AutoCloseable {
    private enum Fault {
        CUT,
        HANG
    }

    private final ServerSocket server;
    private final int target;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final Semaphore hanging = new Semaphore(0);
    private long answered;
    private long left = Long.MAX_VALUE;
    private Fault fault = Fault.CUT;

    /** Relays to a port of this machine. */
    CuttingProxy(int target) {
        this.target = target;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** The bytes that the server has answered over all connections. */
    synchronized long answered() {
        return answered;
    }

    /** Cuts the connection that takes the byte behind so many more answered ones; once. */
    synchronized void cutAfter(long bytes) {
        left = bytes;
        fault = Fault.CUT;
    }

    /** Swallows every byte behind so many more answered ones on the connection that takes it; once. */
    synchronized void hangAfter(long bytes) {
        left = bytes;
        fault = Fault.HANG;
    }

    /** Waits until a connection hangs. */
    void awaitHanging() throws InterruptedException {
        hanging.acquire();
    }

    @Override
    public void close() {
        closeQuietly(server);
        sockets.forEach(CuttingProxy::closeQuietly);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                Socket upstream = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(upstream);
                start(() -> relay(client, upstream, false));
                start(() -> relay(upstream, client, true));
            }
        } catch (IOException e) {
            closeQuietly(server);
        }
    }

    private void relay(Socket from, Socket to, boolean answers) {
        boolean hangs = false;
        byte[] buffer = new byte[8192];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                int allowed = answers ? pass(n) : n;
                if (!hangs) {
                    out.write(buffer, 0, allowed);
                    out.flush();
                }
                if (allowed < n && fault == Fault.CUT) {
                    return;
                }
                if (allowed < n) {
                    hangs = true;
                    hanging.release();
                }
            }
        } catch (IOException e) {
            // One side is gone, and the other one follows.
        } finally {
            if (!hangs) {
                closeQuietly(from);
                closeQuietly(to);
            }
        }
    }

    /** How many of the bytes go through; the fault happens once. */
    private synchronized int pass(int bytes) {
        int allowed = (int) Math.min(bytes, left);
        answered += allowed;
        left = allowed < bytes ? Long.MAX_VALUE : left - allowed;
        return allowed;
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "cutting-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // It is to be gone, and is.
        }
    }
}
