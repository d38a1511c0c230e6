package dev.sluice.benchmarks;

import dev.sluice.row.JsonWriter;
import dev.sluice.row.RowMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What socket and sink allow: one request that was made beforehand, again and again over one connection. */
final class Ceiling implements Contestant {
    private static final byte[] ANSWER_END = "\"errors\":[]}".getBytes(StandardCharsets.US_ASCII);

    private final byte[] request = request(BATCH);
    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;
    private final byte[] answer = new byte[1_024];

    Ceiling(URI sink) throws IOException {
        this.socket = new Socket(sink.getHost(), sink.getPort());
        socket.setTcpNoDelay(true);
        this.out = socket.getOutputStream();
        this.in = socket.getInputStream();
    }

    @Override
    public void send(int events) throws IOException {
        int sent = 0;
        for (; sent + BATCH <= events; sent += BATCH) {
            exchange(request);
        }
        if (sent < events) {
            exchange(request(events - sent));
        }
    }

    private void exchange(byte[] bytes) throws IOException {
        out.write(bytes);
        int length = 0;
        while (!ended(length)) {
            int read = in.read(answer, length, answer.length - length);
            if (read <= 0) {
                throw new IOException("the answer broke off");
            }
            length += read;
        }
    }

    /** The sink's answers all end alike: there is no need to read their heads. */
    private boolean ended(int length) {
        int from = length - ANSWER_END.length;
        return from >= 0 && Arrays.equals(answer, from, length, ANSWER_END, 0, ANSWER_END.length);
    }

    private static byte[] request(int rows) {
        JsonWriter json = new JsonWriter(rows * 256);
        json.beginObject();
        json.name("data").beginArray();
        Event.pool(event -> event)
                .subList(0, rows)
                .forEach(row -> RowMapper.standard().write(row, json));
        json.endArray().endObject();
        byte[] head = ("POST /v2/stream HTTP/1.1\r\nHost: sink\r\nContent-Length: " + json.size() + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] request = new byte[head.length + json.size()];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(json.copy(0, json.size()), 0, request, head.length, json.size());
        return request;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
