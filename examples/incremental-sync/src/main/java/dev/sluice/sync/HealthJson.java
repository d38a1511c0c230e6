package dev.sluice.sync;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.sluice.jdbc.TableStatus;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Writes a {@link Snapshot} as JSON, for what restarts or raises an alarm. */
final class HealthJson {
    private static final JsonFactory JSON = new JsonFactory();

    private HealthJson() {}

    static String of(Snapshot snapshot) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("status", snapshot.isHealthy() ? "UP" : "DOWN");
            json.writeStringField("api", snapshot.api().name());
            json.writeArrayFieldStart("tables");
            for (TableStatus table : snapshot.tables()) {
                write(json, table);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("a text in memory cannot be written", e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, TableStatus table) throws IOException {
        json.writeStartObject();
        json.writeStringField("source", table.source());
        json.writeStringField("destination", table.destination());
        json.writeStringField("state", table.state().name());
        json.writeNumberField("rows", table.rows());
        json.writeNumberField("errors", table.errors());
        if (table.lag() == null) {
            json.writeNullField("lagSeconds");
        } else {
            json.writeNumberField("lagSeconds", table.lag().toMillis() / 1_000.0);
        }
        json.writeStringField("error", firstLine(table));
        json.writeStringField("lastSuccess", text(table.lastSuccess()));
        json.writeStringField("nextPass", text(table.nextPass()));
        json.writeEndObject();
    }

    /** The lines below it may quote values; null if there is no error. */
    static @Nullable String firstLine(TableStatus table) {
        String error = table.error();
        return error == null ? null : error.strip().lines().findFirst().orElse("");
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
