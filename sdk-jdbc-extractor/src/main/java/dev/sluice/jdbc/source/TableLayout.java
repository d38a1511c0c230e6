package dev.sluice.jdbc.source;

import dev.sluice.jdbc.checkpoint.Fingerprint;
import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.dialect.Table;
import dev.sluice.row.WriteMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A plan's names, found in the database: which columns are read, sent, ordered by and looked at for deletes. */
final class TableLayout {
    private static final Set<String> STAMPS = Set.of("_cdc_op", "_cdc_ts", "_cdc_seq");

    private final TablePlan plan;
    private final Table table;
    private final Column watermark;
    private final List<Column> key;
    private final List<Column> sent;
    private final List<Column> selected;
    private final @Nullable Column softDelete;

    private TableLayout(TablePlan plan, Table table, Dialect dialect) {
        this.plan = plan;
        this.table = table;
        this.watermark = find(plan.watermark(), "watermark", dialect);
        this.key = plan.key().stream()
                .map(name -> find(name, "key column", dialect))
                .toList();
        this.softDelete = plan.softDelete()
                .map(name -> find(name, "soft-delete column", dialect))
                .orElse(null);
        List<Column> excluded = plan.excluded().stream()
                .map(name -> find(name, "excluded column", dialect))
                .toList();
        this.sent = table.columns().stream()
                .filter(column -> !excluded.contains(column))
                .toList();
        this.selected = Stream.of(sent, List.of(watermark), key)
                .flatMap(List::stream)
                .distinct()
                .toList();
    }

    /**
     * Finds the plan's names in a table.
     *
     * @throws SourceException if a column is not there or cannot be what the plan makes of it
     */
    static TableLayout of(TablePlan plan, Table table, Dialect dialect) {
        TableLayout layout = new TableLayout(plan, table, dialect);
        layout.check(dialect);
        return layout;
    }

    Table table() {
        return table;
    }

    Column watermark() {
        return watermark;
    }

    List<Column> key() {
        return key;
    }

    /** The columns that travel; the first of the {@link #selected()} ones. */
    List<Column> sent() {
        return sent;
    }

    /** The columns that are read: those that travel, and the watermark and key if they do not. */
    List<Column> selected() {
        return selected;
    }

    Optional<Column> softDelete() {
        return Optional.ofNullable(softDelete);
    }

    /** The columns of a row's position that the database does not promise to be never NULL. */
    List<Column> nullable() {
        List<Column> position = new ArrayList<>(key);
        position.add(0, watermark);
        return position.stream().filter(Column::nullable).toList();
    }

    Fingerprint fingerprint(String database) {
        return new Fingerprint(
                database,
                named(watermark),
                key.stream().map(TableLayout::named).toList(),
                plan.mode().name().toLowerCase(Locale.ROOT));
    }

    private static String named(Column column) {
        return column.name() + " " + column.kind() + (column.isArray() ? "[]" : "");
    }

    private void check(Dialect dialect) {
        if (!dialect.isTime(watermark)) {
            throw problem("cannot be synced by " + watermark.name() + ", whose type is " + watermark.type()
                    + ": the watermark must be a date or timestamp column");
        }
        if (plan.mode() == WriteMode.MERGE && !sent.contains(key.get(0))) {
            throw problem("cannot merge by " + key.get(0).name() + ", for the column is excluded");
        }
        if (sent.isEmpty()) {
            throw problem("would be sent without any column, for all are excluded");
        }
        List<String> hidden = key.stream()
                .filter(column -> !sent.contains(column))
                .map(Column::name)
                .toList();
        if (plan.isCdc() && !hidden.isEmpty()) {
            throw problem("excludes its key " + String.join(", ", hidden)
                    + ", without which the current state cannot be told; send it or set cdc to false");
        }
        List<String> taken =
                sent.stream().map(Column::name).filter(STAMPS::contains).toList();
        if (plan.isCdc() && !taken.isEmpty()) {
            throw problem("has columns named like the stamps of cdc: " + String.join(", ", taken)
                    + "; exclude them or set cdc to false");
        }
    }

    private Column find(String written, String role, Dialect dialect) {
        return table.column(dialect.identifier(written)).orElseThrow(() -> {
            String columns = table.columns().stream().map(Column::name).collect(Collectors.joining(", "));
            return problem("has no column " + written + " to be its " + role + "; its columns are: " + columns);
        });
    }

    private SourceException problem(String sentence) {
        return new SourceException(table.name() + " " + sentence);
    }
}
