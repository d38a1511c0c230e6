package dev.sluice.jdbc.source;

import dev.sluice.jdbc.checkpoint.Fingerprint;
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.dialect.Table;
import dev.sluice.row.WriteMode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A plan's names, found in the database: which columns are read, sent, ordered by and looked at for deletes. */
final class TableLayout {
    private static final Set<String> STAMPS = Set.of("_cdc_op", "_cdc_ts", "_cdc_seq");

    /** Select expressions, and the columns that they are made of. */
    private record Selection(List<String> expressions, List<Column> columns) {
        void add(String expression, Column column) {
            expressions.add(expression);
            columns.add(column);
        }

        Selection done() {
            return new Selection(List.copyOf(expressions), List.copyOf(columns));
        }
    }

    private final TablePlan plan;
    private final Table table;
    private final @Nullable Column watermark;
    private final List<Column> stands;
    private final List<Column> key;
    private final List<Field> fields;
    private final @Nullable Column softDelete;
    private final Dialect dialect;
    private final Order order;
    private final Order keyOrder;
    private final List<Column> values;
    private final Selection selected;
    private final int[] places;
    private final int[] keyPlaces;
    private final int[] keyValues;

    private TableLayout(TablePlan plan, Table table, Dialect dialect) {
        this.plan = plan;
        this.table = table;
        this.dialect = dialect;
        FieldChoice columns = new FieldChoice(plan.columns(), table, dialect);
        this.watermark =
                plan.watermark().map(name -> columns.find(name, "watermark")).orElse(null);
        this.stands = plan.nullWatermark().columns().stream()
                .map(name -> columns.find(name, "watermark"))
                .toList();
        this.key = plan.key().stream()
                .map(name -> columns.find(name, "key column"))
                .toList();
        this.softDelete = plan.softDelete()
                .map(name -> columns.find(name, "soft-delete column"))
                .orElse(null);
        this.fields = columns.fields();
        this.values = fields.stream()
                .filter(field -> !field.isMasked())
                .map(Field::column)
                .toList();
        List<Order.Term> keyTerms = key.stream().map(this::term).toList();
        this.keyOrder = Order.byKey(dialect, keyTerms);
        this.order = watermark == null
                ? keyOrder
                : Order.byWatermark(dialect, new Order.Term(watermarkSql(), watermark), orderedKey());
        this.selected = select();
        this.places = order.terms().stream().mapToInt(this::place).toArray();
        this.keyPlaces = keyOrder.terms().stream().mapToInt(this::place).toArray();
        this.keyValues = key.stream().mapToInt(values::indexOf).toArray();
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

    /** What rows are watched by; not to be asked for in a snapshot, which has none. */
    Column watermark() {
        return Objects.requireNonNull(watermark, "a snapshot has no watermark");
    }

    List<Column> key() {
        return key;
    }

    /** The columns that travel, as they do. */
    List<Field> fields() {
        return fields;
    }

    /** The columns whose values travel; the first of the {@link #selected()} expressions are theirs. */
    List<Column> values() {
        return values;
    }

    /** The columns that are read in one way or another. */
    Set<Column> used() {
        Set<Column> all = new LinkedHashSet<>(key);
        if (watermark != null) {
            all.add(watermark);
        }
        fields.forEach(field -> all.add(field.column()));
        softDelete().ifPresent(all::add);
        return all;
    }

    /** How a column travels; empty if it does not. */
    Optional<Field> field(Column column) {
        return fields.stream().filter(field -> field.column().equals(column)).findFirst();
    }

    /** The names of the key columns that travel. */
    List<String> keyNames() {
        return key.stream()
                .flatMap(column -> field(column).stream())
                .map(Field::name)
                .toList();
    }

    /** The name under which a key column travels, or would. */
    String keyName(Column column) {
        return field(column).map(Field::name).orElse(column.name());
    }

    /** Whether the keys in the lake are those in the database. */
    boolean isKeyClear() {
        return key.stream()
                .noneMatch(column -> field(column).filter(Field::isMasked).isPresent());
    }

    /** A value of a column as others may see it, without its being told less apart from others. */
    String shown(Column column, String value) {
        Mask mask = field(column).map(Field::mask).orElse(null);
        return mask == null || !mask.tellsApart() ? value : Objects.requireNonNull(mask.apply(value));
    }

    /** The names that are taken by stamps. */
    Set<String> stamps() {
        return plan.isCdc() ? STAMPS : Set.of();
    }

    /** The order of a phase: by the key alone, or by the watermark and then by the key. */
    Order order(Phase phase) {
        return phase.isByKey() ? keyOrder : order;
    }

    /** The order of the keys alone. */
    Order keyOrder() {
        return keyOrder;
    }

    /** The expression that rows are watched by. */
    String watermarkSql() {
        List<String> columns = new ArrayList<>(stands.stream().map(this::ref).toList());
        columns.add(0, ref(watermark()));
        return stands.isEmpty() ? columns.get(0) : "COALESCE(" + String.join(", ", columns) + ")";
    }

    /** The watermark for people: its columns' names. */
    String watermarkName() {
        List<String> columns = new ArrayList<>(stands.stream().map(Column::name).toList());
        columns.add(0, watermark().name());
        return stands.isEmpty() ? watermark().name() : "coalesce(" + String.join(", ", columns) + ")";
    }

    /**
     * Whether the watermark is a time. Then its bound is one that rows lie below, and a place without a key comes before
     * the rows of its watermark; else the bound is a value that was reached, and such a place comes behind them.
     */
    boolean isTimed() {
        return watermark != null && dialect.isTime(watermark);
    }

    /** Whether the database lets all of the watermark be NULL. */
    boolean mayLackWatermark() {
        return watermark != null && watermark.nullable() && stands.stream().allMatch(Column::nullable);
    }

    /** A column of the table in SQL. */
    String ref(Column column) {
        return "t." + dialect.quote(column.name());
    }

    /** The expressions that are read: the values that travel, the texts of a row's place, the mark of a deleted row. */
    List<String> selected() {
        return selected.expressions();
    }

    /** The columns of the expressions, one for each but the mark. */
    List<Column> selectedColumns() {
        return selected.columns();
    }

    /** Where the texts of the terms of one of the orders stand among the {@link #selected()} expressions. */
    int[] places(Order one) {
        return one == keyOrder ? keyPlaces : places;
    }

    /** Where the values of the key's columns stand among them; -1 for one that does not travel as it is. */
    int[] keyValues() {
        return keyValues;
    }

    /** Where the mark of a deleted row stands among them: 1 for deleted; -1 if there is none. */
    int deleteMark() {
        return softDelete == null ? -1 : selected().size() - 1;
    }

    /** Where a field's value stands among them, or the text that its mask is made of; -1 if its mask needs none. */
    int at(Field field) {
        Mask mask = field.mask();
        if (mask == null) {
            return values().indexOf(field.column());
        }
        return mask.reads() ? place(term(field.column())) : -1;
    }

    private int place(Order.Term term) {
        return selected().indexOf(dialect.text(term.sql(), term.column()));
    }

    private Selection select() {
        Selection selection = new Selection(new ArrayList<>(), new ArrayList<>());
        for (Column column : values) {
            selection.add(dialect.value(ref(column), column), column);
        }
        for (Order.Term term : order.terms()) {
            addText(term, selection);
        }
        for (Field field : fields) {
            if (field.mask() != null && field.mask().reads()) {
                addText(term(field.column()), selection);
            }
        }
        if (softDelete != null) {
            String deleted = dialect.isDeleted(ref(softDelete), softDelete);
            selection.expressions().add("CASE WHEN " + deleted + " THEN '1' ELSE '0' END");
        }
        return selection.done();
    }

    private void addText(Order.Term term, Selection selection) {
        String text = dialect.text(term.sql(), term.column());
        if (!selection.expressions().contains(text)) {
            selection.add(text, term.column());
        }
    }

    private Order.Term term(Column column) {
        return new Order.Term(ref(column), column);
    }

    Optional<Column> softDelete() {
        return Optional.ofNullable(softDelete);
    }

    /** The columns of the key that the database does not promise to be never NULL. */
    List<Column> nullableKey() {
        return key.stream().filter(Column::nullable).toList();
    }

    boolean isKey(String name) {
        return key.stream().anyMatch(column -> column.name().equals(name));
    }

    /** A value that only rises is not compared twice where it is in the key too; a place of times needs both. */
    private List<Order.Term> orderedKey() {
        boolean once = !isTimed() && stands.isEmpty();
        return key.stream()
                .filter(column -> !(once && column.equals(watermark)))
                .map(this::term)
                .toList();
    }

    Fingerprint fingerprint(String database) {
        return new Fingerprint(
                database,
                watermark == null
                        ? "none (snapshot)"
                        : watermarkName()
                                + named(watermark).substring(watermark.name().length()),
                key.stream().map(TableLayout::named).toList(),
                plan.mode().name().toLowerCase(Locale.ROOT) + SqlPart.digests(plan));
    }

    private static String named(Column column) {
        return column.name() + " " + column.kind() + (column.isArray() ? "[]" : "");
    }

    private void check(Dialect dialect) {
        if (watermark != null && !isTimed() && !dialect.isOrdered(watermark)) {
            throw problem("cannot be synced by " + watermark().name() + ", whose type is "
                    + watermark().type()
                    + ": the watermark must be a date or timestamp, or of a type with an exact order, as integers are");
        }
        if (!isTimed() && plan.lookBack().isPresent()) {
            throw problem("cannot look back by a time on " + watermark().name() + ", whose type is "
                    + watermark().type() + ": leave lookBack away, or take a watermark that is a time");
        }
        for (Column column : key) {
            if (!dialect.isOrdered(column)) {
                throw problem("cannot have " + column.name() + " in its key, whose type is " + column.type()
                        + ": its values have no order that rows could be read in");
            }
        }
        for (Column stand : stands) {
            if (!stand.type().equals(watermark().type())) {
                throw problem("cannot take " + stand.name() + " (" + stand.type() + ") in the place of "
                        + watermark().name() + " (" + watermark().type() + "), for their types differ");
            }
        }
        if (plan.mode() == WriteMode.MERGE && field(key.get(0)).isEmpty()) {
            throw problem("cannot merge by " + key.get(0).name() + ", for the column is excluded");
        }
        if (fields.isEmpty()) {
            throw problem("would be sent without any column, for all are excluded");
        }
        checkKey();
        checkDeletes();
        List<String> taken =
                fields.stream().map(Field::name).filter(STAMPS::contains).toList();
        if (plan.isCdc() && !taken.isEmpty()) {
            throw problem("has columns named like the stamps of cdc: " + String.join(", ", taken)
                    + "; exclude or rename them or set cdc to false");
        }
    }

    /** Deleted rows are told of by the keys that were sent, and looked for by those that are there. */
    private void checkDeletes() {
        if (plan.deletes().isPresent() && !isKeyClear()) {
            throw problem(
                    "masks its key, by which deleted rows could not be looked for; mask no key or leave deletes out");
        }
    }

    /** A current state can be told of rows that the lake can tell apart. */
    private void checkKey() {
        if (!plan.isCdc() && plan.mode() == WriteMode.APPEND) {
            return;
        }
        List<String> hidden = key.stream()
                .filter(column -> field(column).isEmpty())
                .map(Column::name)
                .toList();
        if (!hidden.isEmpty()) {
            throw problem("excludes its key " + String.join(", ", hidden)
                    + ", without which the current state cannot be told; send it or set cdc to false");
        }
        for (Column column : key) {
            Mask mask = field(column).map(Field::mask).orElse(null);
            if (mask != null && !mask.tellsApart()) {
                throw problem("masks its key " + column.name() + " by " + mask
                        + ", which makes one row of many in the lake; mask it by sha256, or append without cdc");
            }
        }
    }

    private SourceException problem(String sentence) {
        return new SourceException(table.name() + " " + sentence);
    }
}
