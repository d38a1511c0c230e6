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
import org.jspecify.annotations.Nullable;

/** A plan's names, found in the database: which columns are read, sent, ordered by and looked at for deletes. */
final class TableLayout {
    private static final Set<String> STAMPS = Set.of("_cdc_op", "_cdc_ts", "_cdc_seq");

    private final TablePlan plan;
    private final Table table;
    private final Column watermark;
    private final List<Column> key;
    private final List<Column> sent;
    private final @Nullable Column softDelete;
    private final Dialect dialect;
    private final Order order;
    private final Order keyOrder;
    private final List<String> selected;

    private TableLayout(TablePlan plan, Table table, Dialect dialect) {
        this.plan = plan;
        this.table = table;
        this.dialect = dialect;
        this.watermark = find(plan.watermark().orElseThrow(), "watermark", dialect);
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
        List<Order.Term> keyTerms = key.stream().map(this::term).toList();
        this.keyOrder = Order.byKey(dialect, keyTerms);
        this.order = Order.byWatermark(dialect, new Order.Term(watermarkSql(), watermark), keyTerms);
        this.selected = select();
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

    /** The columns that travel; the first of the {@link #selected()} expressions are theirs. */
    List<Column> sent() {
        return sent;
    }

    /** The order of changes: by the watermark, then by the key. */
    Order order() {
        return order;
    }

    /** The order of the keys alone. */
    Order keyOrder() {
        return keyOrder;
    }

    /** The expression that rows are watched by. */
    String watermarkSql() {
        return ref(watermark);
    }

    /** A column of the table in SQL. */
    String ref(Column column) {
        return "t." + dialect.quote(column.name());
    }

    /** The expressions that are read: the values that travel, the texts of a row's place, the mark of a deleted row. */
    List<String> selected() {
        return selected;
    }

    /** Where the text of a term of an order stands among the {@link #selected()} expressions. */
    int place(Order.Term term) {
        return selected.indexOf(dialect.text(term.sql(), term.column()));
    }

    /** Where the mark of a deleted row stands among them: 1 for deleted; -1 if there is none. */
    int deleteMark() {
        return softDelete == null ? -1 : selected.size() - 1;
    }

    private List<String> select() {
        List<String> expressions = new ArrayList<>(
                sent.stream().map(column -> dialect.value(ref(column), column)).toList());
        for (Order.Term term : order.terms()) {
            String text = dialect.text(term.sql(), term.column());
            if (!expressions.contains(text)) {
                expressions.add(text);
            }
        }
        if (softDelete != null) {
            expressions.add("CASE WHEN " + dialect.isDeleted(ref(softDelete), softDelete) + " THEN 1 ELSE 0 END");
        }
        return List.copyOf(expressions);
    }

    private Order.Term term(Column column) {
        return new Order.Term(ref(column), column);
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
