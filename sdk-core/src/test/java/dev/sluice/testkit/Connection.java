package dev.sluice.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One client's connection, of which the server can be as rude a keeper as it likes: just enough of HTTP/1.1. */
final class Connection implements AutoCloseable {
    private static final int MAX_LINE = 65_536;

    private final Socket socket;
    private final InputStream in;

    Connection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
        socket.setTcpNoDelay(true);
    }

    /** The next request's head, or null when the client has hung up. */
    @Nullable
    Head readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        String line = readLine();
        if (line == null) {
            return null;
        }
        while (line != null && !line.isEmpty()) {
            head.append(line).append("\r\n");
            line = readLine();
        }
        return Head.parse(head.toString());
    }

    byte[] readBody(Head head) throws IOException {
        if (head.isChunked()) {
            return readChunks();
        }
        String length = head.header("Content-Length");
        return length.isEmpty() ? new byte[0] : readFully(Integer.parseInt(length));
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Writes a byte, waits, writes the next: every read of the client's succeeds, and the whole takes its time. */
    void drip(byte[] bytes, Duration pause) throws IOException, InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        for (byte each : bytes) {
            write(new byte[] {each});
            boolean ignored = never.await(pause.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** Ends the connection in a way that the client sees as an error. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** Says nothing until the client gives up, or the server is closed. */
    void awaitEnd() throws IOException {
        while (in.read() >= 0) {
            // What the client may still send is of no interest.
            continue;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private byte[] readChunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        int size = chunkSize();
        while (size > 0) {
            body.writeBytes(readFully(size));
            requiredLine();
            size = chunkSize();
        }
        while (!requiredLine().isEmpty()) {
            // A trailer, of which this server makes nothing.
            continue;
        }
        return body.toByteArray();
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(requiredLine().split(";", 2)[0].strip(), 16);
    }

    private byte[] readFully(int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("the client hung up in the middle of a body");
        }
        return bytes;
    }

    private String requiredLine() throws IOException {
        String line = readLine();
        if (line == null) {
            throw new EOFException("the client hung up in the middle of a request");
        }
        return line;
    }

    private @Nullable String readLine() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        while (next >= 0 && next != '\n') {
            line.write(next);
            if (line.size() > MAX_LINE) {
                throw new IOException("a line of more than " + MAX_LINE + " bytes");
            }
            next = in.read();
        }
        return next < 0 ? null : line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }
}
