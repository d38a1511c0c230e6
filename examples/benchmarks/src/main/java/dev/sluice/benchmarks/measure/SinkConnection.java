package dev.sluice.benchmarks.measure;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One connection to the sink: requests one after the other, their bodies of known length or in chunks. */
final class SinkConnection {
    private final InputStream in;
    private final OutputStream out;
    private final Arrivals arrivals;
    private final SinkAnswers answers = new SinkAnswers();
    private final MarkerCount markers = new MarkerCount();
    private final byte[] buffer = new byte[65_536];
    /** The body as it came, if it is compressed. */
    private @Nullable ByteArrayOutputStream packed;

    private long length;
    private int next;
    private int end;

    SinkConnection(Socket socket, Arrivals arrivals) throws IOException {
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.arrivals = arrivals;
    }

    /** Answers until the client closes the connection. */
    void serve() throws IOException {
        String request = line();
        while (request != null) {
            exchange(request);
            request = line();
        }
    }

    private void exchange(String request) throws IOException {
        long announced = 0;
        boolean chunked = false;
        packed = null;
        for (String header = someLine(); !header.isEmpty(); header = someLine()) {
            String lower = header.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                announced = Long.parseLong(lower.substring(15).trim());
            } else if (lower.startsWith("transfer-encoding:")) {
                chunked = lower.contains("chunked");
            } else if (lower.startsWith("content-encoding:") && lower.contains("gzip")) {
                packed = new ByteArrayOutputStream(1 << 20);
            }
        }
        markers.reset();
        length = 0;
        if (chunked) {
            takeChunks();
        } else {
            take(announced);
        }
        out.write(answers.to(request, arrived()));
    }

    private int arrived() {
        if (packed != null) {
            return arrivals.compressed(packed.toByteArray());
        }
        arrivals.plain(markers.count(), length);
        return (int) markers.count();
    }

    private void takeChunks() throws IOException {
        int size = chunkSize();
        while (size > 0) {
            take(size);
            someLine();
            size = chunkSize();
        }
        while (!someLine().isEmpty()) {
            // Trailers say nothing that counts.
        }
    }

    private int chunkSize() throws IOException {
        String line = someLine();
        int extension = line.indexOf(';');
        return Integer.parseInt((extension < 0 ? line : line.substring(0, extension)).trim(), 16);
    }

    private void take(long count) throws IOException {
        long left = count;
        length += count;
        while (left > 0) {
            if (next == end && !fill()) {
                throw new EOFException("the body broke off");
            }
            int piece = (int) Math.min(left, end - next);
            if (packed == null) {
                markers.add(buffer, next, piece);
            } else {
                packed.write(buffer, next, piece);
            }
            next += piece;
            left -= piece;
        }
    }

    private String someLine() throws IOException {
        String line = line();
        if (line == null) {
            throw new EOFException("the request broke off");
        }
        return line;
    }

    /** A line without its end; null at the end of everything. */
    private @Nullable String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (next < end || fill()) {
            int start = next;
            while (next < end && buffer[next] != '\n') {
                next++;
            }
            line.append(new String(buffer, start, next - start, StandardCharsets.ISO_8859_1));
            if (next < end) {
                next++;
                return line.toString().stripTrailing();
            }
        }
        return null;
    }

    private boolean fill() throws IOException {
        next = 0;
        end = Math.max(0, in.read(buffer));
        return end > 0;
    }
}
