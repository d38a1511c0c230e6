package dev.sluice.jdbc.source;

import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.Losses;
import dev.sluice.jdbc.dialect.Query;
import dev.sluice.jdbc.dialect.Rows;
import dev.sluice.jdbc.dialect.Structure;
import dev.sluice.jdbc.dialect.Table;
import dev.sluice.jdbc.dialect.TypePolicy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks a database about a plan's table, also about one that cannot be synced as it is planned. Every question is a short
 * transaction of its own that only reads.
 */
public final class TableProbe {
    /** Rows are counted up to here. */
    public static final int COUNT_LIMIT = 10_000;

    private final Transactions database;
    private final Dialect dialect;
    private final TablePlan plan;
    private final Table table;
    private final @Nullable Table named;

    private TableProbe(Transactions database, TablePlan plan, Table table, @Nullable Table named) {
        this.named = named;
        this.database = database;
        this.dialect = database.dialect();
        this.plan = plan;
        this.table = table;
    }

    /**
     * Finds the table; empty if there is none, or none this user may know of.
     *
     * @throws dev.sluice.jdbc.dialect.SourceException if the database cannot be reached, here and in every method
     */
    public static Optional<TableProbe> open(Transactions database, TablePlan plan) {
        Dialect dialect = database.dialect();
        return database.run("looking up " + plan.source(), connection -> {
            Optional<Table> named =
                    plan.query().isPresent() ? Optional.empty() : dialect.describe(connection, plan.source());
            return named.isEmpty() && plan.query().isEmpty()
                    ? Optional.empty()
                    : Optional.of(new TableProbe(
                            database, plan, SourceTable.find(connection, dialect, plan), named.orElse(null)));
        });
    }

    /** The table's name as it stands in SQL. */
    public String sql() {
        return table.sql();
    }

    /** The table's own name, without its schema, of letters and digits that stand in every name. */
    public String simpleName() {
        String name = table.name();
        return name.substring(name.lastIndexOf('.') + 1).replaceAll("[^A-Za-z0-9_]", "");
    }

    /** The database's time. */
    public Instant now() {
        return ask(
                "telling the time for",
                connection -> dialect.activity(connection).now());
    }

    /** Whether the table has every column that the plan names. */
    public boolean hasAllColumns() {
        ColumnChoice choice = plan.columns();
        Stream<String> chosen = Stream.of(
                        choice.included(),
                        choice.excluded(),
                        choice.names().keySet(),
                        choice.masks().keySet())
                .flatMap(Collection::stream);
        return Stream.concat(placing(), chosen).allMatch(name -> find(name).isPresent());
    }

    /** The plan's watermark, if there is one and the table has it. */
    public Optional<Column> watermark() {
        return plan.watermark().flatMap(this::find);
    }

    /** The plan's key, as far as the table has it. */
    public List<Column> key() {
        return plan.key().stream().map(this::find).flatMap(Optional::stream).toList();
    }

    /** The times in a watermark; empty if it holds none. */
    public Optional<TimeProbe> times() {
        return watermark().filter(dialect::isTime).map(column -> new TimeProbe(this, column));
    }

    /** What the catalogue says of the table; of a query nothing. */
    public Structure structure() {
        Table known = named;
        return known == null
                ? new Structure(true, List.of(), false, Set.of(), Map.of())
                : ask("looking at the structure of", connection -> dialect.structure(connection, known));
    }

    /** Reads one row of what the plan reads, to see that it may be read. */
    public void tryReading() {
        Set<Column> included = found(plan.columns().included().stream());
        Set<Column> excluded = found(plan.columns().excluded().stream());
        Set<Column> placing = found(placing());
        String columns = table.columns().stream()
                .filter(column -> placing.contains(column)
                        || (included.isEmpty() ? !excluded.contains(column) : included.contains(column)))
                .map(this::ref)
                .collect(Collectors.joining(", "));
        ask("reading", connection -> {
            try (Rows rows = rows(connection, Query.of("SELECT " + columns + from() + " " + dialect.limit(1)))) {
                return rows.next();
            }
        });
    }

    /** Counts the rows with NULL in a column, up to the limit; looks at every row, unless an index has them. */
    public int nulls(Column column) {
        return count(Query.of(counting(ref(column) + " IS NULL") + ending()));
    }

    int count(Query query) {
        return ask(
                "counting rows of",
                connection -> Integer.parseInt(one(connection, query).orElse("0")));
    }

    String counting(String condition) {
        return "SELECT count(*) FROM (SELECT 1 AS one" + from() + " WHERE " + condition;
    }

    String ending() {
        return " " + dialect.limit(COUNT_LIMIT) + ") AS counted";
    }

    String from() {
        return " FROM " + table.sql() + " AS t";
    }

    String ref(Column column) {
        return "t." + dialect.quote(column.name());
    }

    Dialect dialect() {
        return dialect;
    }

    TablePlan plan() {
        return plan;
    }

    /** @param doing what it does, to be followed by the table's name */
    <T> T ask(String doing, Transaction.Work<T> work) {
        return database.run(doing + " " + table.name(), work);
    }

    /** The text of the first column of the first row; empty if it is NULL. */
    Optional<String> one(Connection connection, Query query) throws SQLException {
        try (Rows rows = rows(connection, query)) {
            return rows.next() ? Optional.ofNullable(rows.text(0)) : Optional.empty();
        }
    }

    private Rows rows(Connection connection, Query query) throws SQLException {
        return dialect.rows(connection, query, List.of(), TypePolicy.DEFAULT, new Losses());
    }

    /** The columns, as written, that are read whether they are sent or not. */
    private Stream<String> placing() {
        return Stream.of(
                        plan.key(),
                        plan.watermark().stream().toList(),
                        plan.nullWatermark().columns(),
                        plan.softDelete().stream().toList())
                .flatMap(List::stream);
    }

    private Set<Column> found(Stream<String> written) {
        return written.map(this::find).flatMap(Optional::stream).collect(Collectors.toSet());
    }

    private Optional<Column> find(String written) {
        return dialect.column(table, written);
    }
}
