package dev.sluice.jdbc.source;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.RowBuffer;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Query;
import dev.sluice.jdbc.dialect.Rows;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.row.Destination;
import dev.sluice.row.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one table, each as a JSON object of the key's columns, as they are sent. Each call is a short transaction
 * of its own.
 */
public final class TableKeys {
    private static final int KEYS_A_STATEMENT = 1_000;

    /**
     * A run of keys.
     *
     * @param keys in the order of the database
     * @param last the place of the last one; null if there is none
     */
    public record Run(List<String> keys, @Nullable Cursor last) {
        public Run {
            keys = List.copyOf(keys);
        }
    }

    private final TableLayout layout;
    private final TableAccess access;
    private final PageSql sql;
    private final KeyReader reader;
    private final Destination destination;
    /** The key's, as values and then as texts. */
    private final List<Column> columns;

    TableKeys(TableLayout layout, TableAccess access, PageSql sql, KeyReader reader, Destination destination) {
        this.layout = layout;
        this.access = access;
        this.sql = sql;
        this.reader = reader;
        this.destination = destination;
        this.columns =
                Stream.concat(layout.key().stream(), layout.key().stream()).toList();
    }

    /** The names under which the key's columns are sent. */
    public List<String> names() {
        return layout.keyNames();
    }

    /** Whether the table has no row at all. */
    public boolean isEmpty() {
        return access.count("looking for rows in", sql.any()) == 0;
    }

    /**
     * Reads keys in their order.
     *
     * @param from the place behind which to begin; null for the table's beginning
     * @param to the last place; null for the table's end
     * @param limit how many at most
     */
    public Run read(@Nullable Cursor from, @Nullable Cursor to, int limit) {
        Query query = sql.keys(from, to, limit);
        return access.work("reading the keys of", connection -> {
            try (Rows rows = access.rows(connection, query, columns)) {
                return run(rows);
            }
        });
    }

    /** A key as {@link Known} takes it. */
    public String digest(String key) {
        return RowDigest.ofKey(List.of(key));
    }

    /** Those of some keys that no row of the table has now. */
    public Set<String> gone(List<String> keys) {
        Set<String> gone = new HashSet<>();
        for (int from = 0; from < keys.size(); from += KEYS_A_STATEMENT) {
            List<String> some = keys.subList(from, Math.min(from + KEYS_A_STATEMENT, keys.size()));
            gone.addAll(some);
            present(some).forEach(gone::remove);
        }
        return gone;
    }

    /** Rows that say that these keys are deleted; there is at least one. A key may come back, and be deleted once more. */
    public Batch deleted(List<String> keys, Stamps stamps, long epoch) {
        RowBuffer rows = new RowBuffer();
        List<String> identity = new ArrayList<>(List.of(
                "deleted",
                Long.toString(epoch),
                destination.toString(),
                layout.table().name(),
                Long.toString(stamps.sequence())));
        for (String key : keys) {
            byte[] open = key.substring(0, key.length() - 1).getBytes(StandardCharsets.UTF_8);
            rows.json().raw(open).name("_cdc_op").string("d").name("_cdc_ts").string(stamps.time());
            rows.json().name("_cdc_seq").number(stamps.sequence() + rows.rows()).endObject();
            rows.endRow();
            identity.add(key);
        }
        return rows.toBatch(BatchId.derived(identity.toArray(String[]::new)), destination);
    }

    private List<String> present(List<String> keys) {
        Query query = sql.keysOf(keys.stream().map(reader::texts).toList());
        return access.work("looking up keys of", connection -> {
            try (Rows rows = access.rows(connection, query, columns)) {
                return run(rows).keys();
            }
        });
    }

    private Run run(Rows rows) throws SQLException {
        int[] places = IntStream.range(0, layout.key().size()).toArray();
        List<String> keys = new ArrayList<>();
        List<String> last = List.of();
        while (rows.next()) {
            keys.add(json(layout, rows, places));
            last = texts(rows);
        }
        return new Run(keys, keys.isEmpty() ? null : new Cursor(null, last));
    }

    /**
     * The key of the row that a result is at.
     *
     * @param places where the values of its columns stand in the result
     */
    static String json(TableLayout layout, Rows rows, int[] places) throws SQLException {
        JsonWriter json = new JsonWriter(64).beginObject();
        for (int i = 0; i < places.length; i++) {
            rows.write(places[i], json.name(layout.keyName(layout.key().get(i))));
        }
        json.endObject();
        return new String(json.copy(0, json.size()), StandardCharsets.UTF_8);
    }

    /** The texts follow the values in the select list. */
    private List<String> texts(Rows rows) throws SQLException {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < layout.key().size(); i++) {
            String text = rows.text(layout.key().size() + i);
            if (text == null) {
                throw new SourceException(layout.table().name() + " has NULL in "
                        + layout.key().get(i).name() + ", which is of its key");
            }
            texts.add(text);
        }
        return texts;
    }
}
