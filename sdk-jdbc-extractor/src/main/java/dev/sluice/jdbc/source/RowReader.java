package dev.sluice.jdbc.source;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.batch.RowBuffer;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Rows;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.row.Destination;
import dev.sluice.row.JsonWriter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns the rows of a result into a page. */
final class RowReader {
    /** So long is the operation at the end of a row's columns, whichever it is. */
    private static final int OPERATION = ",\"_cdc_op\":\"u\"".length();

    private final TableLayout layout;
    private final Destination destination;
    private final TablePlan plan;
    private final FieldWriter fields;

    RowReader(TableLayout layout, Destination destination, TablePlan plan, FieldWriter fields) {
        this.layout = layout;
        this.destination = destination;
        this.plan = plan;
        this.fields = fields;
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
        Order order = layout.order(slice.phase());
        BatchPolicy limits = reading.limits();
        Cursor to = slice.from();
        Map<String, String> digests = new HashMap<>();
        List<String> keys = new ArrayList<>();
        int leftOut = 0;
        boolean more = rows.next();
        int read = 0;
        for (; more && read < limits.maxRows(); read++) {
            byte[] columns = write(rows, buffer, reading.stamps(), slice.phase().isInitial());
            if (columns.length > 0 && buffer.bytes() > limits.maxBytes() && buffer.rows() > 1) {
                buffer.dropLast();
                break;
            }
            if (columns.length == 0) {
                leftOut++;
            } else if (isKnown(rows, columns, reading.known(), digests)) {
                buffer.dropLast();
            } else {
                content.update(columns);
                addKey(rows, keys);
            }
            to = place(rows, order);
            more = rows.next();
        }
        if (read == 0 || to == null) {
            return Optional.empty();
        }
        BatchId id = id(reading, slice, to, content);
        PendingRange range = range(slice, to, buffer.rows(), id, reading.stamps());
        Batch batch = buffer.rows() == 0 ? null : buffer.toBatch(id, destination);
        return Optional.of(new Page(batch, range, !more, leftOut, keys, digests));
    }

    /** Not taken from what is sent: a transform may write a number in another way, and it would be another key. */
    private void addKey(Rows rows, List<String> keys) throws SQLException {
        if (plan.deletes().isPresent()) {
            keys.add(TableKeys.json(layout, rows, layout.values()::indexOf));
        }
    }

    /** Whether the row was sent before, just as it is; its digest is kept if anybody wants to know. */
    private boolean isKnown(Rows rows, byte[] columns, @Nullable Known known, Map<String, String> digests)
            throws SQLException {
        if (known == null) {
            return false;
        }
        String key = RowDigest.ofKey(key(rows));
        int from = columns[0] == ',' ? 1 : 0;
        String digest =
                RowDigest.ofRow(columns, from, columns.length - (plan.isCdc() ? OPERATION : 0), isDeleted(rows));
        digests.put(key, digest);
        return known.has(key, digest);
    }

    /** The key as it is sent, by which rows are known that were deleted; else, masked or not sent, as the database has it. */
    private List<String> key(Rows rows) throws SQLException {
        List<Column> values = layout.values();
        return values.containsAll(layout.key())
                ? List.of(TableKeys.json(layout, rows, values::indexOf))
                : place(rows, layout.keyOrder()).key();
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

    /**
     * Writes a row; the result is what its identity goes by: all but the time and order of its reading. It is empty for
     * a row that is left out.
     */
    private byte[] write(Rows rows, RowBuffer buffer, Stamps stamps, boolean initial) throws SQLException {
        JsonWriter json = buffer.json();
        int start = json.size();
        if (!fields.begin(rows, json)) {
            return new byte[0];
        }
        if (plan.isCdc()) {
            json.name("_cdc_op").string(operation(rows, initial));
        }
        byte[] columns = json.copy(start, json.size());
        if (plan.isCdc()) {
            json.name("_cdc_ts").string(stamps.time());
            json.name("_cdc_seq").number(stamps.sequence() + buffer.rows());
        }
        json.endObject();
        buffer.endRow();
        return columns;
    }

    private String operation(Rows rows, boolean initial) throws SQLException {
        return isDeleted(rows) ? "d" : initial ? "c" : "u";
    }

    private boolean isDeleted(Rows rows) throws SQLException {
        int mark = layout.deleteMark();
        return mark >= 0 && "1".equals(rows.text(mark));
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
    private BatchId id(Reading reading, Slice slice, Cursor to, MessageDigest content) {
        List<String> parts = new ArrayList<>();
        parts.add(Long.toString(reading.epoch()));
        parts.add(destination.toString());
        parts.add(layout.table().name());
        addPlace(parts, slice, slice.from());
        addPlace(parts, slice, to);
        parts.add(HexFormat.of().formatHex(content.digest()));
        if (slice.phase() == Phase.LOOK_BACK || slice.phase() == Phase.FUTURE) {
            // What is read once more may be in the same place what it was two readings ago, and is no repetition.
            parts.add(Long.toString(reading.stamps().sequence()));
        }
        return BatchId.derived(parts.toArray(String[]::new));
    }

    /** Masked, for a short value can be found from an id by trying all. */
    private void addPlace(List<String> parts, Slice slice, @Nullable Cursor place) {
        if (place == null) {
            parts.add("beginning");
            return;
        }
        List<Order.Term> terms = order(slice).terms();
        List<String> values = place.values();
        for (int i = 0; i < values.size(); i++) {
            parts.add(layout.shown(terms.get(i).column(), values.get(i)));
        }
    }

    private Order order(Slice slice) {
        return layout.order(slice.phase());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
