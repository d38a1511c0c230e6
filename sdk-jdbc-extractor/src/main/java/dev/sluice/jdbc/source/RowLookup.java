package dev.sluice.jdbc.source;

import dev.sluice.batch.Batch;
import dev.sluice.batch.RowBuffer;
import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Rows;
import dev.sluice.jdbc.dialect.SourceException;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the rows of some keys as they are in the table now. */
final class RowLookup {
    private static final int KEYS_A_STATEMENT = 1_000;

    private final TableLayout layout;
    private final PageSql sql;
    private final TableAccess access;
    private final RowReader reader;

    RowLookup(TableLayout layout, PageSql sql, TableAccess access, RowReader reader) {
        this.layout = layout;
        this.sql = sql;
        this.access = access;
        this.reader = reader;
    }

    /** The rows, in the order of their keys; empty if none of them is there. */
    Optional<Batch> current(List<List<String>> keys, Stamps stamps) {
        return access.reading("looking up rows of", connection -> {
            RowBuffer rows = new RowBuffer();
            MessageDigest content = RowReader.sha256();
            for (int from = 0; from < keys.size(); from += KEYS_A_STATEMENT) {
                List<List<String>> some = keys.subList(from, Math.min(from + KEYS_A_STATEMENT, keys.size()));
                lookUp(connection, some, stamps, rows, content);
            }
            return reader.batch(rows, content);
        });
    }

    private void lookUp(
            Connection connection, List<List<String>> keys, Stamps stamps, RowBuffer rows, MessageDigest content)
            throws SQLException {
        int before = rows.rows();
        Set<List<String>> present = new HashSet<>();
        try (Rows found = access.rows(connection, sql.byKeys(keys))) {
            reader.addAll(found, stamps, rows, content, present);
        }
        // Two rows of one key would hide that another key is gone.
        if (rows.rows() - before > Math.min(keys.size(), present.size())) {
            throw new SourceException(layout.table().name() + " has several rows of the same key ("
                    + String.join(", ", layout.key().stream().map(Column::name).toList())
                    + "): the key columns must be unique together; add a column to the key");
        }
    }
}
