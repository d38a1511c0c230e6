package dev.sluice.jdbc.checkpoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.batch.BatchId;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one table that were sent, kept beside its checkpoint in parts that fit into memory.
 *
 * <p>The parts of the last scan cover the table in the order of its keys; the keys of every batch since then are kept
 * batch by batch. Not safe for use by several threads, but for {@link #sent}.
 */
public final class KeyBook {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final String ALL = "keys-";
    private static final int PREFIX_DIGITS = 12;

    /**
     * A stretch of the table that the last scan read.
     *
     * @param to its last place; null for the table's end
     * @param name what its keys are kept under
     * @param keys how many there are
     */
    public record Part(@Nullable Cursor to, String name, int keys) {}

    private final CheckpointStore store;
    private final String source;
    private final String destination;
    private final String index;
    private final String part;
    private final String sent;

    /**
     * The keys of a table, as far as they are of these columns: what was kept of others is forgotten by the next scan.
     *
     * @param columns the names under which the key's columns are sent
     */
    public KeyBook(CheckpointStore store, String source, String destination, List<String> columns) {
        this.store = store;
        this.source = source;
        this.destination = destination;
        String prefix =
                ALL + BatchId.derived(columns.toArray(String[]::new)).value().substring(0, PREFIX_DIGITS);
        this.index = prefix + "-index";
        this.part = prefix + "-part-";
        this.sent = prefix + "-sent-";
    }

    /** The parts of the last scan, in their order; the last one goes to the table's end. */
    public List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        for (String line : read(index)) {
            try {
                parts.add(MAPPER.readValue(line, Part.class));
            } catch (IOException e) {
                throw damaged(index, e);
            }
        }
        return parts.isEmpty() ? List.of(new Part(null, "", 0)) : parts;
    }

    /** The keys of a part. */
    public List<String> keys(Part part) {
        List<String> keys = part.keys() == 0 ? List.of() : read(part.name());
        if (keys.size() != part.keys()) {
            throw damaged(part.name(), new IOException("it has " + keys.size() + " keys of " + part.keys()));
        }
        return keys;
    }

    /** Keeps the keys of a part that was read anew; it counts when {@link #replace} names it. */
    public Part keep(@Nullable Cursor to, List<String> keys, long number) {
        String name = part + number;
        write(name, keys);
        return new Part(to, name, keys.size());
    }

    /** Makes these the parts of the table, and forgets all others and all keys that were sent before. */
    public void replace(List<Part> parts) {
        List<String> lines = new ArrayList<>();
        for (Part one : parts) {
            lines.add(MAPPER.valueToTree(one).toString());
        }
        write(index, lines);
        Set<String> kept = parts.stream().map(Part::name).collect(Collectors.toSet());
        for (String name : store.attachments(source, destination)) {
            if (name.startsWith(ALL) && !name.equals(index) && !kept.contains(name)) {
                store.detach(source, destination, name);
            }
        }
    }

    /** Keeps the keys of a batch that is about to be sent. */
    public void sent(String batch, List<String> keys) {
        write(sent + batch, keys);
    }

    /** The names of the batches that were sent since the last scan. */
    public List<String> batches() {
        return store.attachments(source, destination).stream()
                .filter(name -> name.startsWith(sent))
                .map(name -> name.substring(sent.length()))
                .toList();
    }

    /** The keys of a batch. */
    public List<String> keys(String batch) {
        return read(sent + batch);
    }

    private List<String> read(String name) {
        byte[] bytes = store.attachment(source, destination, name).orElse(null);
        if (bytes == null) {
            return List.of();
        }
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw damaged(name, e);
        }
    }

    private void write(String name, List<String> lines) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory can be written", e);
        }
        store.attach(source, destination, name, bytes.toByteArray());
    }

    private CheckpointException damaged(String name, IOException e) {
        return new CheckpointException(
                "the keys kept for " + source + " -> " + destination + " (" + name + ") are damaged (" + e.getMessage()
                        + "): remove them to begin the search for deleted rows anew; rows deleted since the last scan"
                        + " are then not found",
                e);
    }
}
