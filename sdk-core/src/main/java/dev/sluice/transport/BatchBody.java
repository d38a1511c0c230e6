package dev.sluice.transport;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.Buffer;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** A request body that knows whether all of it has left: what tells "surely not taken" from "who knows". */
final class BatchBody extends RequestBody {
    private static final MediaType JSON = MediaType.get("application/json");

    private final Envelope envelope;
    private final @Nullable Buffer compressed;
    private volatile boolean sent;

    BatchBody(Envelope envelope, boolean compress) {
        this.envelope = envelope;
        this.compressed = compress ? compress(envelope) : null;
    }

    boolean isCompressed() {
        return compressed != null;
    }

    /** Whether the last byte may have left, so that the server may have them all. */
    boolean sent() {
        return sent;
    }

    @Override
    public MediaType contentType() {
        return JSON;
    }

    @Override
    public long contentLength() {
        return compressed == null ? envelope.length() : compressed.size();
    }

    /** OkHttp never sends a one-shot body a second time. */
    @Override
    public boolean isOneShot() {
        return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        // The end goes last: from there on the whole may be on its way, even if the writing breaks off.
        if (compressed == null) {
            envelope.writeRows(sink.outputStream());
            sent = true;
            envelope.writeTail(sink.outputStream());
        } else {
            sink.write(compressed, compressed.size() - 1);
            sent = true;
            sink.write(compressed, 1);
        }
        sink.flush();
    }

    private static Buffer compress(Envelope envelope) {
        Buffer buffer = new Buffer();
        try (OutputStream out = new GZIPOutputStream(buffer.outputStream())) {
            envelope.writeRows(out);
            envelope.writeTail(out);
        } catch (IOException e) {
            throw new IllegalStateException("a buffer in memory cannot fail", e);
        }
        return buffer;
    }
}
