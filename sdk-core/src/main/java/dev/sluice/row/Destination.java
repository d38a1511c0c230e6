package dev.sluice.row;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A table of the lake and the way rows are written to it: the API's {@code config} object.
 *
 * <p>Immutable. The limits are those of the Stream API: a table is named {@code schema.table}, and a merge goes by
 * exactly one key column.
 */
public final class Destination {
    /** The most characters that the names and values of all tags may have together: {@value}. */
    public static final int MAX_TAG_CHARS = 8_192;

    /** The tag that the batch's id travels under: the one name that a caller cannot have. */
    private static final String BATCH_ID = "batch_id";

    private static final Pattern TABLE = Pattern.compile("[^.\\s\\p{Cntrl}\"']+\\.[^.\\s\\p{Cntrl}\"']+");

    private final String table;
    private final WriteMode mode;
    private final @Nullable String key;
    private final Map<String, String> tags;

    private Destination(String table, WriteMode mode, @Nullable String key, Map<String, String> tags) {
        this.table = table;
        this.mode = mode;
        this.key = key;
        this.tags = tags;
    }

    /**
     * Rows are added to {@code table}.
     *
     * @param table {@code schema.table}, such as {@code bronze.events}
     */
    public static Destination append(String table) {
        return new Destination(checkTable(table), WriteMode.APPEND, null, Map.of());
    }

    /**
     * A row replaces the row of the same key.
     *
     * @param table {@code schema.table}, such as {@code bronze.customers}
     * @param keyColumns exactly one: every row has it, and it is never null
     * @throws IllegalArgumentException if there is another number of key columns, for the API takes no composite keys
     */
    public static Destination merge(String table, String... keyColumns) {
        if (keyColumns.length > 1) {
            throw new IllegalArgumentException("merge into " + table + " by (" + String.join(", ", keyColumns)
                    + "): the Stream API v2 takes exactly one primary key column; add a column to the rows that joins"
                    + " these, and merge by that one");
        }
        if (keyColumns.length == 0 || keyColumns[0].isBlank()) {
            throw new IllegalArgumentException("merge into " + table
                    + " needs the name of its key column: the Stream API v2 takes exactly one primary key column");
        }
        String key = checkText("key", keyColumns[0]);
        return new Destination(checkTable(table), WriteMode.MERGE, key, Map.of());
    }

    /**
     * The same destination with one tag more; tags travel in {@code config.tags}, for tracing only.
     *
     * @param name any but {@code batch_id}, which is taken
     */
    public Destination tag(String name, String value) {
        if (name.equals(BATCH_ID)) {
            throw new IllegalArgumentException("the tag " + BATCH_ID + " is set for each batch, choose another name");
        }
        Map<String, String> more = new TreeMap<>(tags);
        more.put(checkText("tag", name), checkText("tag", value));
        int chars = more.entrySet().stream()
                .mapToInt(tag -> tag.getKey().length() + tag.getValue().length())
                .sum();
        if (chars > MAX_TAG_CHARS) {
            throw new IllegalArgumentException(
                    "tags for " + table + " have " + chars + " characters, at most " + MAX_TAG_CHARS + " are allowed");
        }
        return new Destination(table, mode, key, Map.copyOf(more));
    }

    public String table() {
        return table;
    }

    public WriteMode mode() {
        return mode;
    }

    /** The key column of a merge; empty for an append. */
    public Optional<String> key() {
        return Optional.ofNullable(key);
    }

    public Map<String, String> tags() {
        return tags;
    }

    @Override
    public String toString() {
        return mode == WriteMode.APPEND ? "append to " + table : "merge into " + table + " by " + key;
    }

    private static String checkTable(String table) {
        if (!TABLE.matcher(table).matches()) {
            throw new IllegalArgumentException(
                    "destination table must be written schema.table, such as bronze.events: " + table);
        }
        return checkText("table", table);
    }

    /** What cannot be sent is refused here, not when the first batch is on its way. */
    private static String checkText(String what, String text) {
        if (!Utf8.canHold(text)) {
            throw new IllegalArgumentException("a " + what + " has half of a surrogate pair, which UTF-8 cannot hold");
        }
        return text;
    }
}
