package dev.sluice.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/**
 * What the API asks of a request before it looks at the rows.
 *
 * <p>The limits are written out here, not taken from the client: a client that has one wrong must be found out.
 */
final class Rules {
    static final int BODY_BYTES = 10_000_000;
    static final int ROWS = 50_000;
    static final int FIELD_BYTES = 1_000_000;

    /** Counts the row's own object as 1. */
    static final int DEPTH = 10;

    private static final String PATH = "/v2/stream";

    private volatile String key;
    private volatile boolean gzip = true;

    Rules(String key) {
        this.key = key;
    }

    String key() {
        return key;
    }

    void key(String key) {
        this.key = key;
    }

    void refuseGzip() {
        gzip = false;
    }

    /** The body as it was before it was compressed. */
    byte[] admit(Head head, byte[] body) throws IOException {
        checkAddress(head);
        if (!head.header("Authorization").equals("Bearer " + key)) {
            throw new Refusal(401, "the Authorization header must be \"Bearer \" and the API key");
        }
        if (!head.contentType().equals("application/json")) {
            throw new Refusal(415, "Content-Type must be application/json, in which alone a table can be named");
        }
        byte[] raw = unpacked(head.header("Content-Encoding"), body);
        if (raw.length > BODY_BYTES) {
            throw new Refusal(413, "the body has more than " + BODY_BYTES + " bytes uncompressed: send it in parts");
        }
        return raw;
    }

    private static void checkAddress(Head head) {
        if (!head.path().equals(PATH)) {
            throw new Refusal(404, "nothing is here; this server has POST " + PATH);
        }
        if (!head.method().equals("POST")) {
            throw new Refusal(405, "this path answers POST only");
        }
    }

    private byte[] unpacked(String encoding, byte[] body) throws IOException {
        if (encoding.isEmpty()) {
            return body;
        }
        if (!gzip || !encoding.equalsIgnoreCase("gzip")) {
            throw new Refusal(415, "the Content-Encoding is not taken: send the body as it is");
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return in.readNBytes(BODY_BYTES + 1);
        } catch (IOException e) {
            throw new Refusal(400, "the body is not valid gzip, or ends too early");
        }
    }
}
