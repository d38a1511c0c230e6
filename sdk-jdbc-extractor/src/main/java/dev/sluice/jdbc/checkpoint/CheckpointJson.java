package dev.sluice.jdbc.checkpoint;

import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The written form of a checkpoint: JSON for people, with a version in front.
 *
 * <p>Field by field, without Jackson's data binding: its 600 classes took a third of the time of a sync that found
 * nothing new.
 */
final class CheckpointJson {
    private static final int VERSION = 2;
    private static final String VERSION_FIELD = "version";

    private CheckpointJson() {}

    static byte[] write(Checkpoint checkpoint) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put(VERSION_FIELD, VERSION);
        json.put("source", checkpoint.source());
        json.put("destination", checkpoint.destination());
        json.put("fingerprint", ifAny(checkpoint.fingerprint(), CheckpointJson::fingerprint));
        json.put("epoch", checkpoint.epoch());
        json.put("loaded", checkpoint.loaded());
        json.put("cursor", cursor(checkpoint.cursor()));
        json.put("horizon", checkpoint.horizon());
        json.put("sequence", checkpoint.sequence());
        json.put("rows", checkpoint.rows());
        json.put("pending", each(checkpoint.pending(), CheckpointJson::range));
        json.put("load", ifAny(checkpoint.load(), CheckpointJson::load));
        json.put("marks", each(checkpoint.marks(), mark -> object("time", mark.time(), "value", mark.value())));
        json.put("overtaken", ifAny(checkpoint.overtaken(), range -> object("from", range.from(), "to", range.to())));
        json.put("prepared", checkpoint.prepared());
        json.put("recent", checkpoint.recent());
        json.put("columns", checkpoint.columns());
        json.put("scanned", checkpoint.scanned());
        return JsonTree.write(json);
    }

    private static Map<String, @Nullable Object> fingerprint(Fingerprint print) {
        return object(
                "database", print.database(), "watermark", print.watermark(), "key", print.key(), "mode", print.mode());
    }

    private static @Nullable Object cursor(@Nullable Cursor cursor) {
        return cursor == null ? null : object("watermark", cursor.watermark(), "key", cursor.key());
    }

    private static Map<String, @Nullable Object> range(PendingRange range) {
        Map<String, @Nullable Object> json = object("phase", range.phase().name(), "from", cursor(range.from()));
        json.putAll(object("to", cursor(range.to()), "bound", range.bound(), "rows", range.rows()));
        json.putAll(object("batch", range.batch(), "sequence", range.sequence(), "stamp", range.stamp()));
        return json;
    }

    private static Map<String, @Nullable Object> load(Load load) {
        return object("horizon", load.horizon(), "bound", load.bound(), "chunks", each(load.chunks(), chunk -> {
            Map<String, @Nullable Object> json = object("from", cursor(chunk.from()), "to", cursor(chunk.to()));
            json.putAll(object("cursor", cursor(chunk.cursor()), "done", chunk.done()));
            return json;
        }));
    }

    private static Map<String, @Nullable Object> object(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            json.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return json;
    }

    private static <T> List<?> each(List<T> values, Function<T, Object> form) {
        return values.stream().map(form).toList();
    }

    private static <T> @Nullable Object ifAny(@Nullable T value, Function<T, Object> form) {
        return value == null ? null : form.apply(value);
    }

    /** Fails if it is not a checkpoint of a version that is known here. */
    static Checkpoint read(byte[] bytes) throws IOException {
        JsonFields fields = JsonFields.of(JsonTree.read(bytes));
        Object version = fields.remove(VERSION_FIELD);
        if (Long.valueOf(1).equals(version)) {
            fromFirst(fields);
        } else if (!Long.valueOf(VERSION).equals(version)) {
            throw new IOException("its version is " + version + ", known here are versions 1 and " + VERSION);
        }
        return fields.all(json -> new Checkpoint(
                json.text("source"),
                json.text("destination"),
                json.objectOrNull("fingerprint", CheckpointJson::readFingerprint),
                json.number("epoch"),
                json.flag("loaded"),
                json.objectOrNull("cursor", CheckpointJson::readCursor),
                json.textOrNull("horizon"),
                json.number("sequence"),
                json.number("rows"),
                json.objects("pending", CheckpointJson::readRange),
                json.objectOrNull("load", CheckpointJson::readLoad),
                json.objects("marks", mark -> new Mark(mark.text("time"), mark.text("value"))),
                json.objectOrNull("overtaken", range -> new Overtaken(range.text("from"), range.text("to"))),
                json.textByName("prepared"),
                json.textByName("recent"),
                json.texts("columns"),
                json.textOrNull("scanned")));
    }

    private static Fingerprint readFingerprint(JsonFields json) throws IOException {
        return new Fingerprint(json.text("database"), json.text("watermark"), json.texts("key"), json.text("mode"));
    }

    private static Cursor readCursor(JsonFields json) throws IOException {
        return new Cursor(json.textOrNull("watermark"), json.texts("key"));
    }

    private static PendingRange readRange(JsonFields json) throws IOException {
        return new PendingRange(
                phase(json.text("phase")),
                json.objectOrNull("from", CheckpointJson::readCursor),
                json.object("to", CheckpointJson::readCursor),
                json.textOrNull("bound"),
                json.count("rows"),
                json.text("batch"),
                json.number("sequence"),
                json.text("stamp"));
    }

    private static Phase phase(String name) throws IOException {
        try {
            return Phase.valueOf(name);
        } catch (IllegalArgumentException e) {
            throw new IOException("it has an unknown phase " + name, e);
        }
    }

    private static Load readLoad(JsonFields json) throws IOException {
        return new Load(
                json.textOrNull("horizon"),
                json.textOrNull("bound"),
                json.objects(
                        "chunks",
                        chunk -> new Chunk(
                                chunk.objectOrNull("from", CheckpointJson::readCursor),
                                chunk.objectOrNull("to", CheckpointJson::readCursor),
                                chunk.objectOrNull("cursor", CheckpointJson::readCursor),
                                chunk.flag("done"))));
    }

    /** Version 1 knew one kind of range, wrote times as PostgreSQL does, and had none of the fields that are empty here. */
    private static void fromFirst(JsonFields json) throws IOException {
        String horizon = json.textOrNull("horizon");
        json.put("horizon", horizon == null ? null : horizon.replace(' ', 'T').replaceFirst("\\+00$", "Z"));
        List<Map<String, @Nullable Object>> ranges = json.objects("pending", range -> {
            boolean initial = range.flag("initial");
            Map<String, @Nullable Object> now = range.rest();
            now.put("phase", initial ? "FIRST" : "CHANGES");
            now.put("bound", null);
            return now;
        });
        json.put("pending", ranges);
        List.of("load", "overtaken", "scanned").forEach(name -> json.put(name, null));
        List.of("marks", "columns").forEach(name -> json.put(name, List.of()));
        List.of("prepared", "recent").forEach(name -> json.put(name, Map.of()));
    }
}
