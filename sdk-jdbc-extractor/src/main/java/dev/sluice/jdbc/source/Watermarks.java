package dev.sluice.jdbc.source;

import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.dialect.SourceException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The values of the column that one table's rows are watched by; only the database reads and compares them. */
public final class Watermarks {
    private final TableLayout layout;
    private final TableAccess access;
    private final PageSql sql;

    Watermarks(TableLayout layout, TableAccess access, PageSql sql) {
        this.layout = layout;
        this.access = access;
        this.sql = sql;
    }

    /**
     * The database's own text of a value that a person wrote; a time without a zone is taken as UTC where the column has
     * one.
     *
     * @throws IllegalArgumentException if the database takes it for no value of the column's type
     * @throws SourceException if the database cannot be asked
     */
    public String parse(String written) {
        List<String> found;
        try {
            found = access.work(
                    "understanding a watermark of", connection -> access.texts(connection, sql.watermark(written), 2));
        } catch (SourceException e) {
            // 22 is the class of complaints about data, of which this is all there was.
            if (e.getCause() instanceof SQLException said
                    && said.getSQLState() != null
                    && said.getSQLState().startsWith("22")) {
                throw none(e);
            }
            throw e;
        }
        if (found.get(1).equals("1")) {
            throw none(null);
        }
        return found.get(0);
    }

    /** The place before every row of a watermark; null if that is the table's beginning. */
    public @Nullable Cursor before(String watermark) {
        return layout.isTimed()
                ? new Cursor(watermark, List.of())
                : below(watermark).map(value -> new Cursor(value, List.of())).orElse(null);
    }

    /** The bound that keeps out a watermark and all above it; empty if nothing lies below it. */
    public Optional<String> bound(String watermark) {
        return layout.isTimed() ? Optional.of(watermark) : below(watermark);
    }

    /** A watermark that is no time has bounds that are reached, so what lies below one is the one before it. */
    private Optional<String> below(String watermark) {
        return access.row("looking below a watermark of", sql.below(watermark), 1)
                .map(row -> row.get(0));
    }

    /** Whether one of the database's own texts is above another. */
    public boolean isAbove(String one, String other) {
        return 1 == access.count("comparing watermarks of", sql.isAbove(one, other));
    }

    private IllegalArgumentException none(@Nullable SourceException cause) {
        return new IllegalArgumentException(
                "the database cannot take the text given for a value of "
                        + layout.watermark().name()
                        + ", the watermark of " + layout.table().name() + ", whose type is "
                        + layout.watermark().type() + ": nothing was changed; write it as in SQL, such as"
                        + " 2025-01-31 12:00:00+00",
                cause);
    }
}
