package dev.sluice.sync;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.DamagedLetterException;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetterStore.Entry;
import dev.sluice.row.Destination;
import dev.sluice.row.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Dead letters as lines of JSON that each stand by themselves: {@code {"letter":{...},"row":{...}}}, the row to the byte
 * as it was sent.
 */
final class LetterExport {
    private LetterExport() {}

    /**
     * Writes each row of each letter.
     *
     * @param damage gets what could not be read, and is left out
     * @return how many rows were written
     */
    static long write(
            Letters letters, List<Entry> chosen, List<DamagedLetterException> damage, Consumer<String> lines) {
        long rows = 0;
        for (Entry entry : chosen) {
            try {
                rows += write(entry, letters.store().read(entry.name()), lines);
            } catch (DamagedLetterException e) {
                damage.add(e);
            } catch (NoSuchElementException replayed) {
                // By another process, in this moment: there is nothing left to export.
            }
        }
        return rows;
    }

    private static int write(Entry entry, DeadLetter letter, Consumer<String> lines) {
        String header = header(entry);
        Batch batch = letter.batch();
        for (int i = 0; i < batch.rows(); i++) {
            // These stand between tokens only; what else ends a line in a text is a character of a value.
            String row = new String(batch.row(i), StandardCharsets.UTF_8)
                    .replace('\n', ' ')
                    .replace('\r', ' ');
            lines.accept("{\"letter\":" + header + ",\"row\":" + row + "}");
        }
        return batch.rows();
    }

    private static String header(Entry entry) {
        JsonWriter json = new JsonWriter(512);
        json.beginObject();
        json.name("name").string(entry.name());
        destination(entry.destination(), json);
        json.name("batch").string(entry.batch().value());
        json.name("reason").string(entry.reason().name());
        json.name("message").string(entry.message());
        json.name("rows").number(entry.rows());
        json.name("written").number(entry.written());
        json.name("attempts").number(entry.attempts());
        json.name("firstAttempt").string(entry.firstAttempt().toString());
        json.name("lastAttempt").string(entry.lastAttempt().toString());
        json.name("httpStatus").number(entry.httpStatus());
        if (entry.requestId() != null) {
            json.name("requestId").string(entry.requestId());
        }
        json.endObject();
        return new String(json.copy(0, json.size()), StandardCharsets.UTF_8);
    }

    private static void destination(Destination to, JsonWriter json) {
        json.name("table").string(to.table());
        json.name("mode").string(to.mode().name().toLowerCase(Locale.ROOT));
        to.key().ifPresent(key -> json.name("key").string(key));
        json.name("tags").beginObject();
        new TreeMap<>(to.tags()).forEach((name, value) -> json.name(name).string(value));
        json.endObject();
    }
}
