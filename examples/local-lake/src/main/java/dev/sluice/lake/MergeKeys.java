package dev.sluice.lake;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/** Removes the rows that a merge is about to replace. */
final class MergeKeys {
    private final String key;
    private final ColumnType type;
    private final List<Object> keys = new ArrayList<>();

    private MergeKeys(String key, ColumnType type) {
        this.key = key;
        this.type = type;
    }

    /** Every row must have a key, and no two the same. */
    static void requirePresent(Rows rows, String key) {
        Faults faults = new Faults();
        int column = rows.indexOf(key);
        for (int row = 0; row < rows.size(); row++) {
            Object value = rows.value(row, column);
            if (value == null) {
                faults.addField(row, key, "is the primary key, and is missing or null");
            } else if (value instanceof Values.JsonText) {
                faults.addField(row, key, "is the primary key, and an object or array cannot be one");
            }
        }
        faults.check(rows.size());
    }

    /**
     * Reads the keys as the column will store them.
     *
     * <p>Only so are 1 and 1.0, or 1 and "1", seen to be the same key where the column makes them the same.
     */
    static MergeKeys of(Rows rows, String key, ColumnType type) {
        MergeKeys keys = new MergeKeys(key, type);
        Faults faults = new Faults();
        Map<Object, Integer> first = new HashMap<>();
        int column = rows.indexOf(key);
        for (int row = 0; row < rows.size(); row++) {
            Object stored = stored(type, rows.value(row, column));
            Integer other = first.putIfAbsent(stored, row);
            if (other != null) {
                faults.addField(row, key, "has the same primary key as row " + other + ": send one row a key");
            }
            keys.keys.add(stored);
        }
        faults.check(rows.size());
        return keys;
    }

    private static Object stored(ColumnType type, @Nullable Object value) {
        if (value == null) {
            throw new IllegalStateException("a row without key got past the check");
        }
        Object stored = type.stored(value);
        // To SQL, 0.0 and -0.0 are the same key; to Java's equals they are not.
        return stored instanceof Double number ? Double.valueOf(number + 0.0) : stored;
    }

    void delete(DuckDBConnection connection, String quotedTable) throws SQLException {
        Sql sql = new Sql(connection);
        sql.run("CREATE OR REPLACE TEMP TABLE merge_keys (k " + type.name() + ")");
        try (DuckDBAppender appender = connection.createAppender("temp", "main", "merge_keys")) {
            for (Object stored : keys) {
                appender.beginRow();
                type.appendStored(appender, stored);
                appender.endRow();
            }
            appender.flush();
        }
        sql.run("DELETE FROM " + quotedTable + " AS t USING temp.main.merge_keys AS m WHERE t." + TableName.quote(key)
                + " = m.k");
        sql.run("DROP TABLE temp.main.merge_keys");
    }
}
