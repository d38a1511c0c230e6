package dev.sluice.lake;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Reads request bodies without ever holding more of one than is allowed. */
final class Body {
    /** A client that is still sending may not see an answer when the connection closes under it. */
    private static final long DRAINED = 64_000_000;

    private Body() {}

    /** Reads and unpacks up to {@code limit} bytes; one byte more, and the rest stays unread and unpacked. */
    static byte[] read(InputStream wire, @Nullable String encoding, int limit) throws IOException {
        InputStream raw = wire;
        try {
            if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
                raw = unpacked(wire, encoding);
            }
            byte[] bytes = raw.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new Refusal(413, "the body has more than " + limit + " bytes uncompressed: send it in parts");
            }
            return bytes;
        } catch (ZipException | EOFException e) {
            throw new Refusal(400, "the body is not valid gzip, or ends too early");
        }
    }

    private static InputStream unpacked(InputStream wire, String encoding) throws IOException {
        if (!encoding.equalsIgnoreCase("gzip")) {
            throw new Refusal(415, "Content-Encoding may be gzip or left out, nothing else");
        }
        return new GZIPInputStream(wire, 8192);
    }

    /** Takes in what a refused client still sends, within reason, and forgets it. */
    static void drain(InputStream wire) throws IOException {
        byte[] buffer = new byte[8192];
        long drained = 0;
        int read = wire.read(buffer);
        while (read >= 0 && drained < DRAINED) {
            drained += read;
            read = wire.read(buffer);
        }
    }
}
