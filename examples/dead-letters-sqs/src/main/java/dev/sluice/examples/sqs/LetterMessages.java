package dev.sluice.examples.sqs;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.row.Destination;
import dev.sluice.row.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** Cuts a dead letter into the bodies of messages: each a JSON object that can be understood without the others. */
final class LetterMessages {
    /** More of the API's words would only take the room of rows. */
    private static final int MAX_ERROR = 10_000;

    /**
     * One message.
     *
     * @param body what it says
     * @param rows a name for its rows: the same whenever and however often the letter's batch was tried
     */
    record Message(String body, BatchId rows) {}

    /**
     * Consecutive rows that go in one message.
     *
     * @param first the place of the first in the letter
     * @param rows the JSON of each
     */
    private record Part(int first, List<String> rows) {}

    private final DeadLetter letter;
    private final int maxBytes;

    private LetterMessages(DeadLetter letter, int maxBytes) {
        this.letter = letter;
        this.maxBytes = maxBytes;
    }

    /**
     * The messages, none of them longer than {@code maxBytes} in UTF-8.
     *
     * @throws LetterTooLargeException if a row by itself is too long
     */
    static List<Message> of(DeadLetter letter, int maxBytes) {
        LetterMessages messages = new LetterMessages(letter, maxBytes);
        List<Part> parts = messages.cut();
        List<Message> all = new ArrayList<>(parts.size());
        for (Part part : parts) {
            all.add(messages.message(all.size() + 1, parts.size(), part));
        }
        return all;
    }

    private Message message(int part, int parts, Part content) {
        String rows = String.join(",", content.rows());
        BatchId name = BatchId.derived(letter.batch().id().value(), Integer.toString(content.first()), rows);
        return new Message(body(part, parts, content.first(), rows), name);
    }

    private List<Part> cut() {
        Batch batch = letter.batch();
        // No number in a part is greater than the letter's rows, so no part has a longer frame than this.
        int frame = bytes(body(batch.rows(), batch.rows(), batch.rows(), ""));
        List<Part> parts = new ArrayList<>();
        int used = maxBytes;
        for (int i = 0; i < batch.rows(); i++) {
            String row = permitted(new String(batch.row(i), StandardCharsets.UTF_8));
            int size = bytes(row) + 1;
            if (frame + size > maxBytes) {
                throw tooLarge(i, size - 1, frame);
            }
            if (used + size > maxBytes) {
                parts.add(new Part(i, new ArrayList<>()));
                used = frame;
            }
            parts.get(parts.size() - 1).rows().add(row);
            used += size;
        }
        return parts;
    }

    private LetterTooLargeException tooLarge(int row, int bytes, int frame) {
        return new LetterTooLargeException(
                "row " + row + " of dead batch " + letter.batch().id() + " for "
                        + letter.batch().destination().table() + " has " + bytes + " bytes and " + (frame + 1)
                        + " more are needed to tell of it, a message takes " + maxBytes
                        + ": nothing was sent. Keep such letters somewhere else, as in DeadLetters.directory");
    }

    private String body(int part, int parts, int firstRow, String rows) {
        JsonWriter json = new JsonWriter(1_024);
        json.beginObject();
        destination(letter.batch().destination(), json);
        json.name("batch").string(letter.batch().id().value());
        json.name("part").number(part);
        json.name("parts").number(parts);
        json.name("firstRow").number(firstRow);
        json.name("rowsInAll").number(letter.batch().rows());
        json.name("reason").string(letter.reason().name());
        json.name("error").string(error());
        json.name("written").number(letter.written());
        json.name("attempts").number(letter.attempts());
        json.name("firstAttempt").string(letter.firstAttempt().toString());
        json.name("lastAttempt").string(letter.lastAttempt().toString());
        json.name("httpStatus").number(letter.httpStatus());
        if (letter.requestId() != null) {
            json.name("requestId").string(whole(letter.requestId()));
        }
        String known = permitted(new String(json.copy(0, json.size()), StandardCharsets.UTF_8));
        return known + ",\"rows\":[" + rows + "]}";
    }

    private static void destination(Destination to, JsonWriter json) {
        json.name("table").string(to.table());
        json.name("mode").string(to.mode().name().toLowerCase(Locale.ROOT));
        to.key().ifPresent(key -> json.name("key").string(key));
        if (!to.tags().isEmpty()) {
            json.name("tags").beginObject();
            new TreeMap<>(to.tags()).forEach((name, value) -> json.name(name).string(value));
            json.endObject();
        }
    }

    private String error() {
        String words = letter.message();
        return whole(words.length() > MAX_ERROR ? words.substring(0, MAX_ERROR) + " ..." : words);
    }

    /** Cutting may have left half of a surrogate pair. */
    private static String whole(String words) {
        return new String(words.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }

    /** SQS takes the characters of XML 1.0 only; JSON has escaped all others already, but for these two. */
    private static String permitted(String json) {
        return json.replace("\uFFFE", "\\uFFFE").replace("\uFFFF", "\\uFFFF");
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
