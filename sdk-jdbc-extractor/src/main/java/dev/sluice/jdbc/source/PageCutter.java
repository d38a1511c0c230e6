package dev.sluice.jdbc.source;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.batch.RowBuffer;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import dev.sluice.jdbc.dialect.Rows;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Cuts the rows of one result into pages. */
final class PageCutter {
    private final RowReader reader;
    private final TableLayout layout;
    private final Rows rows;
    private final Slice slice;
    private final Order order;
    private final int[] places;
    private final Reading reading;
    private final int mostRows;
    private boolean more;
    private int read;
    private long bytes;
    private long sequence;
    private @Nullable Cursor from;

    // Of the page that is being read.
    private final MessageDigest content = RowReader.sha256();
    private RowBuffer buffer = new RowBuffer(16);
    private Map<String, String> digests = Map.of();
    private List<String> keys = List.of();
    private int leftOut;

    /** Goes to the first row. */
    PageCutter(RowReader reader, Rows rows, Slice slice, Reading reading) throws SQLException {
        this.reader = reader;
        this.layout = reader.layout();
        this.rows = rows;
        this.slice = slice;
        this.order = layout.order(slice.phase());
        this.places = layout.places(order);
        this.reading = reading;
        this.mostRows = reading.extent().rows() == 0
                ? Integer.MAX_VALUE
                : reading.extent().rows();
        this.sequence = reading.stamps().sequence();
        this.from = slice.from();
        this.more = rows.next();
    }

    /** Whether there is a row that may still be read. */
    boolean hasMore() {
        return more && read < mostRows && bytes < reading.extent().bytes();
    }

    /** The next page; there must be a row. */
    Page page() throws SQLException {
        buffer = new RowBuffer(reader.usualBytes());
        content.reset();
        digests = new HashMap<>();
        keys = new ArrayList<>();
        leftOut = 0;
        BatchPolicy limits = reading.limits();
        for (int i = 0; i < limits.maxRows() && more && read < mostRows && take(limits.maxBytes()); i++) {
            reader.keepPlace(rows, places, order);
            read++;
            more = rows.next();
        }
        return cut();
    }

    /** False if the row does not fit any more, and is not in the page. */
    private boolean take(int maxBytes) throws SQLException {
        int start = buffer.bytes();
        String time = reading.stamps().time();
        int end = reader.write(
                rows, buffer, sequence + buffer.rows(), time, slice.phase().isInitial());
        if (end > start && buffer.bytes() > maxBytes && buffer.rows() > 1) {
            buffer.dropLast();
            return false;
        }
        if (end == start) {
            leftOut++;
        } else if (isKnown(start, end)) {
            buffer.dropLast();
        } else {
            buffer.json().digest(content, start, end);
            reader.addKey(rows, keys);
        }
        return true;
    }

    /** Whether the row was sent before, just as it is; its digest is kept if anybody wants to know. */
    private boolean isKnown(int start, int end) throws SQLException {
        Known known = reading.known();
        if (known == null) {
            return false;
        }
        String key = reader.keyDigest(rows);
        String digest = reader.rowDigest(rows, buffer.json().copy(start, end));
        digests.put(key, digest);
        return known.has(key, digest);
    }

    private Page cut() throws SQLException {
        Cursor to = order.place(reader.keptPlace(rows, places));
        Slice part = from == null ? slice : slice.behind(from);
        BatchId id = id(part, to);
        int count = buffer.rows();
        PendingRange range = new PendingRange(
                slice.phase(),
                from,
                to,
                slice.bound(),
                count,
                id.value(),
                sequence,
                reading.stamps().time());
        bytes += buffer.bytes();
        reader.used(buffer.bytes());
        Batch batch = count == 0 ? null : buffer.toBatch(id, reader.destination());
        sequence += count;
        from = to;
        return new Page(batch, range, !more, leftOut, keys, digests);
    }

    /** Rows that did not change have their id even when they are read another time. */
    private BatchId id(Slice part, Cursor to) {
        List<String> parts = new ArrayList<>();
        parts.add(Long.toString(reading.epoch()));
        parts.add(reader.destination().toString());
        parts.add(layout.table().name());
        addPlace(parts, part.from());
        addPlace(parts, to);
        parts.add(HexFormat.of().formatHex(content.digest()));
        if (slice.phase() == Phase.LOOK_BACK || slice.phase() == Phase.FUTURE) {
            // What is read once more may be in the same place what it was two readings ago, and is no repetition.
            parts.add(Long.toString(sequence));
        }
        return BatchId.derived(parts.toArray(String[]::new));
    }

    /** Masked, for a short value can be found from an id by trying all. */
    private void addPlace(List<String> parts, @Nullable Cursor place) {
        if (place == null) {
            parts.add("beginning");
            return;
        }
        List<String> values = place.values();
        for (int i = 0; i < values.size(); i++) {
            parts.add(layout.shown(order.terms().get(i).column(), values.get(i)));
        }
    }
}
