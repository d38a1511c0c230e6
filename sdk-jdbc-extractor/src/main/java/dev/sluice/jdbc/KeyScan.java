package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.KeyBook;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.source.DeleteScan;
import dev.sluice.jdbc.source.PageSource;
import dev.sluice.jdbc.source.TableKeys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds rows that were sent and are not in the table any more, and tells the lake.
 *
 * <p>The table's keys are read in their order, a part of the table at a time, and compared with those that the last scan
 * saw there; then those that were sent since are looked up. Nothing is taken for deleted unless a last look finds no row
 * of its key. What was told is forgotten only when the scan is through: after a crash it is told again.
 */
final class KeyScan {
    /** Keys that are read and kept at a time; there may be two times as many in memory. */
    private static final int PART_KEYS = 10_000;

    private final DeleteScan scan;
    private final PageSource source;
    private final TableKeys keys;
    private final KeyBook book;
    private final Delivery delivery;
    private final BooleanSupplier stopped;
    private long number;

    KeyScan(DeleteScan scan, PageSource source, KeyBook book, Delivery delivery, BooleanSupplier stopped) {
        this.scan = scan;
        this.source = source;
        this.keys = source.keys();
        this.book = book;
        this.delivery = delivery;
        this.stopped = stopped;
    }

    /** Whether the time has come. */
    static boolean isDue(DeleteScan scan, @Nullable String last, Instant now) {
        return last == null || !Instant.parse(last).plus(scan.every()).isAfter(now);
    }

    /** The scan; false if it was stopped, and begins anew the next time. */
    boolean run() {
        // Numbers of parts that a scan before this one left behind are not used again.
        number = System.currentTimeMillis() * 1_000;
        refuseEmpty();
        List<KeyBook.Part> parts = new ArrayList<>();
        Cursor from = null;
        for (KeyBook.Part part : book.parts()) {
            if (stopped.getAsBoolean()) {
                return false;
            }
            parts.addAll(scan(from, part));
            from = part.to();
        }
        for (String batch : book.batches()) {
            tell(book.keys(batch));
        }
        book.replace(parts);
        return true;
    }

    /** Reads a part anew; it may have become several, or none. */
    private List<KeyBook.Part> scan(@Nullable Cursor from, KeyBook.Part part) {
        List<String> before = book.keys(part);
        Set<String> missing = new HashSet<>(before);
        List<KeyBook.Part> now = new ArrayList<>();
        Cursor at = from;
        TableKeys.Run run;
        do {
            run = keys.read(at, part.to(), PART_KEYS);
            run.keys().forEach(missing::remove);
            at = run.last();
            boolean ends = run.keys().size() < PART_KEYS;
            if (!run.keys().isEmpty() || part.to() == null) {
                now.add(run.keys().equals(before) ? part : book.keep(ends ? part.to() : at, run.keys(), number++));
            }
        } while (run.keys().size() == PART_KEYS);
        tell(List.copyOf(missing));
        return now;
    }

    /** Tells the lake of those keys that have no row. */
    private void tell(List<String> candidates) {
        List<String> gone = new ArrayList<>(keys.gone(candidates));
        if (!gone.isEmpty()) {
            refuseEmpty();
            gone.sort(null);
            delivery.deleted(gone);
        }
    }

    private void refuseEmpty() {
        boolean any = book.parts().stream().anyMatch(part -> part.keys() > 0)
                || !book.batches().isEmpty();
        if (any && !scan.emptyAllowed() && keys.isEmpty()) {
            throw new SourceException(
                    source.table() + " has not a single row, and rows of it were sent before: none was"
                            + " told to be deleted, for the table may be in the midst of being filled anew. If it is meant to be"
                            + " empty, allow that for its delete scan (allowEmpty)");
        }
    }
}
