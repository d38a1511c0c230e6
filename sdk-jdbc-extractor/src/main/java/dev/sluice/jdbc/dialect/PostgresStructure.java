package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A table's structure as PostgreSQL's catalogue has it, which every user may read. */
final class PostgresStructure {
    private static final String FACTS = """
            SELECT c.relkind = 'v', EXISTS (
              SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal AND t.tgenabled <> 'D')
            FROM pg_class c WHERE c.oid = to_regclass(?)""";

    /** Only B-trees have an order. An index that is partial, or was never finished, does not have all rows. */
    private static final String INDEXES = """
            SELECT i.indexrelid, i.indisunique, coalesce(a.attname, '')
            FROM pg_index i
            JOIN pg_class c ON c.oid = i.indexrelid
            JOIN pg_am m ON m.oid = c.relam AND m.amname = 'btree'
            CROSS JOIN LATERAL generate_series(0, i.indnkeyatts - 1) AS n
            LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[n]
            WHERE i.indrelid = to_regclass(?) AND i.indisvalid AND i.indpred IS NULL
            ORDER BY i.indexrelid, n""";

    private static final String DEFAULTS = """
            SELECT a.attname FROM pg_attrdef d
            JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
            WHERE d.adrelid = to_regclass(?)""";

    /** A sequence belongs to its column, as that of an identity does, or is only called by the column's default. */
    private static final String CACHES = """
            SELECT a.attname, max(s.seqcache)
            FROM pg_attribute a
            LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
            JOIN pg_depend d ON
              (d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
                AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype IN ('a', 'i'))
              OR (d.classid = 'pg_attrdef'::regclass AND d.objid = f.oid AND d.refclassid = 'pg_class'::regclass)
            JOIN pg_sequence s ON s.seqrelid IN (d.objid, d.refobjid)
            WHERE a.attrelid = to_regclass(?)
            GROUP BY a.attname""";

    private final Connection connection;
    private final String table;

    private PostgresStructure(Connection connection, String table) {
        this.connection = connection;
        this.table = table;
    }

    static Structure of(Connection connection, Table table) throws SQLException {
        PostgresStructure structure = new PostgresStructure(connection, table.sql());
        boolean[] facts = new boolean[2];
        structure.each(FACTS, row -> {
            facts[0] = row.getBoolean(1);
            facts[1] = row.getBoolean(2);
        });
        return new Structure(facts[0], structure.indexes(), facts[1], structure.defaults(), structure.caches());
    }

    private List<Index> indexes() throws SQLException {
        Map<Long, List<String>> columns = new LinkedHashMap<>();
        Set<Long> unique = new HashSet<>();
        each(INDEXES, row -> {
            columns.computeIfAbsent(row.getLong(1), index -> new ArrayList<>()).add(row.getString(3));
            if (row.getBoolean(2)) {
                unique.add(row.getLong(1));
            }
        });
        List<Index> indexes = new ArrayList<>();
        columns.forEach((index, ordered) -> indexes.add(new Index(unique.contains(index), ordered)));
        return indexes;
    }

    private Set<String> defaults() throws SQLException {
        Set<String> columns = new HashSet<>();
        each(DEFAULTS, row -> columns.add(row.getString(1)));
        return columns;
    }

    private Map<String, Long> caches() throws SQLException {
        Map<String, Long> caches = new HashMap<>();
        each(CACHES, row -> caches.put(row.getString(1), row.getLong(2)));
        return caches;
    }

    /** Takes what it needs out of a row. */
    @FunctionalInterface
    private interface Taker {
        void take(ResultSet row) throws SQLException;
    }

    private void each(String sql, Taker taker) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    taker.take(rows);
                }
            }
        }
    }
}
