package dev.sluice.transport;

import dev.sluice.batch.Batch;
import dev.sluice.row.Destination;
import dev.sluice.row.JsonWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The JSON around a batch's rows: {@code {"data":[ROWS],"config":{...}}}, the one form in which a table is named. */
final class Envelope {
    private static final byte[] HEAD = "{\"data\":[".getBytes(StandardCharsets.US_ASCII);

    private final Batch batch;
    private final byte[] tail;

    Envelope(Batch batch, boolean wait) {
        this.batch = batch;
        this.tail = tail(batch, wait);
    }

    long length() {
        return (long) HEAD.length + batch.bytes() + tail.length;
    }

    /** All but the {@link #writeTail tail}, without which no server can take the rows. */
    void writeRows(OutputStream out) throws IOException {
        out.write(HEAD);
        batch.writeTo(out);
    }

    void writeTail(OutputStream out) throws IOException {
        out.write(tail);
    }

    private static byte[] tail(Batch batch, boolean wait) {
        Destination to = batch.destination();
        JsonWriter json = new JsonWriter(256);
        json.token("]");
        json.name("config").beginObject();
        json.name("table").string(to.table());
        json.name("mode").string(to.mode().name().toLowerCase(Locale.ROOT));
        to.key()
                .ifPresent(
                        key -> json.name("primary_key").beginArray().string(key).endArray());
        if (wait) {
            json.name("wait").bool(true);
        }
        json.name("tags").beginObject();
        to.tags().forEach((name, value) -> json.name(name).string(value));
        json.name("batch_id").string(batch.id().value());
        json.endObject().endObject().endObject();
        return json.copy(0, json.size());
    }
}
