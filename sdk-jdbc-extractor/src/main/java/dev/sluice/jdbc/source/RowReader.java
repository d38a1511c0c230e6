package dev.sluice.jdbc.source;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.batch.RowBuffer;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.dialect.ValueWriter;
import dev.sluice.row.Destination;
import dev.sluice.row.JsonWriter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns the rows of a result into a page. */
final class RowReader {
    private final TableLayout layout;
    private final Destination destination;
    private final boolean cdc;
    private final List<ValueWriter> writers;
    private final int[] position;

    RowReader(TableLayout layout, Destination destination, boolean cdc, Dialect dialect) {
        this.layout = layout;
        this.destination = destination;
        this.cdc = cdc;
        this.writers = layout.sent().stream().map(dialect::writer).toList();
        List<Column> columns = new ArrayList<>(layout.key());
        columns.add(0, layout.watermark());
        this.position = columns.stream()
                .mapToInt(column -> layout.selected().indexOf(column) + 1)
                .toArray();
    }

    /** Where the rows go. */
    Destination destination() {
        return destination;
    }

    /**
     * Reads rows until the policy's limits are met or there are no more.
     *
     * @param from the place behind which the result begins
     * @param epoch goes into the batch's id
     * @return empty if there is no row
     */
    Optional<Page> read(ResultSet rows, @Nullable Cursor from, Stamps stamps, long epoch, BatchPolicy limits)
            throws SQLException {
        RowBuffer buffer = new RowBuffer();
        MessageDigest content = sha256();
        Cursor to = from;
        boolean more = rows.next();
        while (more && buffer.rows() < limits.maxRows()) {
            byte[] columns = write(rows, buffer, stamps);
            if (buffer.bytes() > limits.maxBytes() && buffer.rows() > 1) {
                buffer.dropLast();
                break;
            }
            content.update(columns);
            to = position(rows);
            more = rows.next();
        }
        if (buffer.rows() == 0 || to == null) {
            return Optional.empty();
        }
        BatchId id = id(epoch, from, to, content);
        PendingRange range = new PendingRange(
                from, to, buffer.rows(), id.value(), stamps.sequence(), stamps.time(), stamps.initial());
        return Optional.of(new Page(buffer.toBatch(id, destination), range, !more));
    }

    /** Adds every row of a result to {@code rows}, what its identity goes by to {@code content}, and its key to {@code keys}. */
    void addAll(
            ResultSet result, Stamps stamps, RowBuffer rows, MessageDigest content, Set<List<@Nullable String>> keys)
            throws SQLException {
        while (result.next()) {
            content.update(write(result, rows, stamps));
            List<@Nullable String> key = new ArrayList<>();
            for (int i = 1; i < position.length; i++) {
                key.add(result.getString(position[i]));
            }
            keys.add(key);
        }
    }

    /** The rows as a batch whose id follows from them, whenever they were read; empty if there are none. */
    Optional<Batch> batch(RowBuffer rows, MessageDigest content) {
        if (rows.rows() == 0) {
            return Optional.empty();
        }
        String digest = HexFormat.of().formatHex(content.digest());
        BatchId id = BatchId.derived(
                "current", destination.toString(), layout.table().name(), digest);
        return Optional.of(rows.toBatch(id, destination));
    }

    /** Writes a row; the result is what its identity goes by: all but the time and order of its reading. */
    private byte[] write(ResultSet rows, RowBuffer buffer, Stamps stamps) throws SQLException {
        JsonWriter json = buffer.json();
        int start = json.size();
        json.beginObject();
        for (int i = 0; i < writers.size(); i++) {
            json.name(layout.sent().get(i).name());
            String text = rows.getString(i + 1);
            if (text == null) {
                json.nullValue();
            } else {
                writers.get(i).write(text, json);
            }
        }
        if (cdc) {
            json.name("_cdc_op").string(operation(rows, stamps));
        }
        byte[] columns = json.copy(start, json.size());
        if (cdc) {
            json.name("_cdc_ts").string(stamps.time());
            json.name("_cdc_seq").number(stamps.sequence() + buffer.rows());
        }
        json.endObject();
        buffer.endRow();
        return columns;
    }

    private String operation(ResultSet rows, Stamps stamps) throws SQLException {
        boolean deleted =
                layout.softDelete().isPresent() && rows.getInt(layout.selected().size() + 1) == 1;
        return deleted ? "d" : stamps.initial() ? "c" : "u";
    }

    private Cursor position(ResultSet rows) throws SQLException {
        List<String> texts = new ArrayList<>(position.length);
        for (int column : position) {
            String text = rows.getString(column);
            if (text == null) {
                throw new SourceException(layout.table().name() + " has NULL in "
                        + layout.selected().get(column - 1).name() + ", which orders its rows");
            }
            texts.add(text);
        }
        return new Cursor(texts.get(0), texts.subList(1, texts.size()));
    }

    /** Rows that did not change have their id even when they are read another time. */
    private BatchId id(long epoch, @Nullable Cursor from, Cursor to, MessageDigest content) {
        List<String> parts = new ArrayList<>();
        parts.add(Long.toString(epoch));
        parts.add(destination.toString());
        parts.add(layout.table().name());
        addPlace(parts, from);
        addPlace(parts, to);
        parts.add(HexFormat.of().formatHex(content.digest()));
        return BatchId.derived(parts.toArray(String[]::new));
    }

    private static void addPlace(List<String> parts, @Nullable Cursor place) {
        if (place == null) {
            parts.add("beginning");
        } else {
            parts.add(place.watermark());
            parts.addAll(place.key());
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
