package dev.sluice.push;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Just enough of an HTTP server: one request a connection, one connection at a time. */
final class PlainServer implements AutoCloseable {
    /** What is done with a request, before and after it is answered. */
    interface Handler {
        /** Whether the request is answered; the headers' names are in lower case. */
        boolean arrived(Map<String, String> headers, String body);

        void answered();
    }

    private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Handler handler;

    PlainServer(Handler handler) throws IOException {
        this.handler = handler;
        Thread thread = new Thread(this::serve, "plain-server");
        thread.setDaemon(true);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket connection = socket.accept()) {
                connection.setSoTimeout(20_000);
                handle(connection);
            } catch (IOException e) {
                // A client that was killed, or the end of the test.
            }
        }
    }

    private void handle(Socket connection) throws IOException {
        DataInputStream in = new DataInputStream(connection.getInputStream());
        Map<String, String> headers = new HashMap<>();
        line(in);
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        byte[] body = new byte[Integer.parseInt(headers.getOrDefault("content-length", "0"))];
        in.readFully(body);
        if (handler.arrived(headers, new String(body, StandardCharsets.UTF_8))) {
            OutputStream out = connection.getOutputStream();
            out.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            handler.answered();
        }
    }

    private static String line(DataInputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.readUnsignedByte(); next != '\n'; next = in.readUnsignedByte()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
