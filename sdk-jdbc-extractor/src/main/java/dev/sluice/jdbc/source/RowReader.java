package dev.sluice.jdbc.source;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.RowBuffer;
import dev.sluice.jdbc.dialect.Rows;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.row.Destination;
import dev.sluice.row.FieldName;
import dev.sluice.row.JsonWriter;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Writes the rows of results as JSON, with their stamps. Safe for use by several threads, each with a result of its own. */
final class RowReader {
    private static final FieldName OPERATION = FieldName.of("_cdc_op");
    private static final FieldName TIME = FieldName.of("_cdc_ts");
    private static final FieldName SEQUENCE = FieldName.of("_cdc_seq");

    /** So long is the operation at the end of a row's columns, whichever it is. */
    private static final int OPERATION_BYTES = ",\"_cdc_op\":\"u\"".length();

    private final TableLayout layout;
    private final Destination destination;
    private final TablePlan plan;
    private final FieldWriter fields;
    private volatile int usualBytes = 8_192;

    RowReader(TableLayout layout, Destination destination, TablePlan plan, FieldWriter fields) {
        this.layout = layout;
        this.destination = destination;
        this.plan = plan;
        this.fields = fields;
    }

    TableLayout layout() {
        return layout;
    }

    /** Where the rows go. */
    Destination destination() {
        return destination;
    }

    /** Room for a page as they are, so that few buffers have to grow. */
    int usualBytes() {
        return usualBytes;
    }

    /** Notes how many bytes a page had. */
    void used(int bytes) {
        usualBytes = bytes + bytes / 16;
    }

    /**
     * Reads pages until the reading's extent is met or there are no more rows.
     *
     * @param slice what the result was read for
     */
    List<Page> read(Rows rows, Slice slice, Reading reading) throws SQLException {
        PageCutter cutter = new PageCutter(this, rows, slice, reading);
        List<Page> pages = new ArrayList<>();
        while (cutter.hasMore()) {
            pages.add(cutter.page());
        }
        return pages;
    }

    /** Adds every row of a result to {@code rows}, what its identity goes by to {@code content}, and its key to {@code keys}. */
    void addAll(Rows result, Stamps stamps, RowBuffer rows, MessageDigest content, Set<List<String>> keys)
            throws SQLException {
        int[] places = layout.places(layout.keyOrder());
        while (result.next()) {
            int start = rows.bytes();
            int end = write(result, rows, stamps.sequence() + rows.rows(), stamps.time(), false);
            rows.json().digest(content, start, end);
            keepPlace(result, places, layout.keyOrder());
            keys.add(layout.keyOrder().place(keptPlace(result, places)).key());
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
     * Writes a row. Its identity goes by what lies between the bytes that were there and the result: all but the time and
     * order of its reading. That is nothing for a row that is left out.
     */
    int write(Rows rows, RowBuffer buffer, long sequence, String time, boolean initial) throws SQLException {
        JsonWriter json = buffer.json();
        int start = json.size();
        if (!fields.begin(rows, json)) {
            return start;
        }
        int end = json.size();
        if (plan.isCdc()) {
            end = json.name(OPERATION).string(operation(rows, initial)).size();
            json.name(TIME).string(time);
            json.name(SEQUENCE).number(sequence);
        }
        json.endObject();
        buffer.endRow();
        return end;
    }

    /** Keeps the present row's place, for {@link #keptPlace}. */
    void keepPlace(Rows rows, int[] places, Order order) throws SQLException {
        int missing = rows.keep(places);
        if (missing >= 0) {
            throw new SourceException(layout.table().name() + " has NULL in "
                    + order.terms().get(missing).column().name() + ", which orders its rows");
        }
    }

    /** The texts of the place that was kept last. */
    List<String> keptPlace(Rows rows, int[] places) {
        List<String> texts = new ArrayList<>(places.length);
        for (int i = 0; i < places.length; i++) {
            texts.add(rows.kept(i));
        }
        return texts;
    }

    /** Not taken from what is sent: a transform may write a number in another way, and it would be another key. */
    void addKey(Rows rows, List<String> keys) throws SQLException {
        if (plan.deletes().isPresent()) {
            keys.add(TableKeys.json(layout, rows, layout.keyValues()));
        }
    }

    /** Stands for the row's key. */
    String keyDigest(Rows rows) throws SQLException {
        return RowDigest.ofKey(key(rows));
    }

    /** Stands for all that is sent of a row, but for the occasion of its reading. */
    String rowDigest(Rows rows, byte[] columns) throws SQLException {
        int from = columns[0] == ',' ? 1 : 0;
        int to = columns.length - (plan.isCdc() ? OPERATION_BYTES : 0);
        return RowDigest.ofRow(columns, from, to, isDeleted(rows));
    }

    /** The key as it is sent, by which rows are known that were deleted; else, masked or not sent, as the database has it. */
    private List<String> key(Rows rows) throws SQLException {
        if (layout.values().containsAll(layout.key())) {
            return List.of(TableKeys.json(layout, rows, layout.keyValues()));
        }
        List<String> texts = new ArrayList<>();
        for (int place : layout.places(layout.keyOrder())) {
            texts.add(Objects.requireNonNull(rows.text(place), "a key is never NULL"));
        }
        return texts;
    }

    private String operation(Rows rows, boolean initial) throws SQLException {
        return isDeleted(rows) ? "d" : initial ? "c" : "u";
    }

    private boolean isDeleted(Rows rows) throws SQLException {
        int mark = layout.deleteMark();
        return mark >= 0 && "1".equals(rows.text(mark));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
