package dev.sluice.jdbc.source;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.batch.RowBuffer;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import dev.sluice.jdbc.dialect.Rows;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.row.Destination;
import dev.sluice.row.JsonWriter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
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

    RowReader(TableLayout layout, Destination destination, boolean cdc) {
        this.layout = layout;
        this.destination = destination;
        this.cdc = cdc;
    }

    /** Where the rows go. */
    Destination destination() {
        return destination;
    }

    /**
     * Reads rows until the limits are met or there are no more.
     *
     * @param slice what the result was read for
     * @return empty if there is no row
     */
    Optional<Page> read(Rows rows, Slice slice, Reading reading) throws SQLException {
        RowBuffer buffer = new RowBuffer();
        MessageDigest content = sha256();
        Order order = slice.phase() == Phase.LOAD ? layout.keyOrder() : layout.order();
        BatchPolicy limits = reading.limits();
        Cursor to = slice.from();
        boolean more = rows.next();
        while (more && buffer.rows() < limits.maxRows()) {
            byte[] columns = write(rows, buffer, reading.stamps(), slice.phase().isInitial());
            if (buffer.bytes() > limits.maxBytes() && buffer.rows() > 1) {
                buffer.dropLast();
                break;
            }
            content.update(columns);
            to = place(rows, order);
            more = rows.next();
        }
        if (buffer.rows() == 0 || to == null) {
            return Optional.empty();
        }
        BatchId id = id(reading.epoch(), slice.from(), to, content);
        PendingRange range = range(slice, to, buffer.rows(), id, reading.stamps());
        return Optional.of(new Page(buffer.toBatch(id, destination), range, !more));
    }

    private static PendingRange range(Slice slice, Cursor to, int rows, BatchId id, Stamps stamps) {
        return new PendingRange(
                slice.phase(), slice.from(), to, slice.bound(), rows, id.value(), stamps.sequence(), stamps.time());
    }

    /** Adds every row of a result to {@code rows}, what its identity goes by to {@code content}, and its key to {@code keys}. */
    void addAll(Rows result, Stamps stamps, RowBuffer rows, MessageDigest content, Set<List<String>> keys)
            throws SQLException {
        while (result.next()) {
            content.update(write(result, rows, stamps, false));
            keys.add(place(result, layout.keyOrder()).key());
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
    private byte[] write(Rows rows, RowBuffer buffer, Stamps stamps, boolean initial) throws SQLException {
        JsonWriter json = buffer.json();
        int start = json.size();
        json.beginObject();
        for (int i = 0; i < layout.sent().size(); i++) {
            rows.write(i, json.name(layout.sent().get(i).name()));
        }
        if (cdc) {
            json.name("_cdc_op").string(operation(rows, initial));
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

    private String operation(Rows rows, boolean initial) throws SQLException {
        int mark = layout.deleteMark();
        boolean deleted = mark >= 0 && "1".equals(rows.text(mark));
        return deleted ? "d" : initial ? "c" : "u";
    }

    private Cursor place(Rows rows, Order order) throws SQLException {
        List<String> texts = new ArrayList<>();
        for (Order.Term term : order.terms()) {
            String text = rows.text(layout.place(term));
            if (text == null) {
                throw new SourceException(
                        layout.table().name() + " has NULL in " + term.column().name() + ", which orders its rows");
            }
            texts.add(text);
        }
        return order.place(texts);
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
            parts.addAll(place.values());
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
