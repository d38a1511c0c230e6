package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tables and columns as every JDBC driver describes them. */
final class GenericCatalog {
    /** Where a table is; without a schema in a database that has none. */
    private record Place(@Nullable String schema, String name) {}

    private final DatabaseMetaData metadata;
    private final @Nullable String catalog;

    private GenericCatalog(Connection connection) throws SQLException {
        this.metadata = connection.getMetaData();
        this.catalog = connection.getCatalog();
    }

    /** A name has a schema or not; without one it is looked for in the session's own. */
    static Optional<Table> describe(Connection connection, String written) throws SQLException {
        checkQuotes(connection);
        List<GenericName> parts = GenericName.parts(written);
        GenericCatalog here = new GenericCatalog(connection);
        if (parts.size() == 1) {
            return here.table(connection.getSchema(), parts.get(0));
        }
        if (parts.size() == 2) {
            for (String schema : here.schemas(parts.get(0))) {
                Optional<Table> found = here.table(schema, parts.get(1));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /** A database that takes double quotes for those of a text must not be asked in such. */
    private static void checkQuotes(Connection connection) throws SQLException {
        String quotes = connection.getMetaData().getIdentifierQuoteString();
        if (!quotes.equals("\"")) {
            throw new SourceException("the database quotes names by " + quotes
                    + " and not by the double quotes of standard SQL: set the dialect that fits it, with dialect(..)");
        }
    }

    /** Those that may be meant, the likeliest first. */
    private Set<String> schemas(GenericName name) throws SQLException {
        Set<String> schemas = name.spellings(metadata);
        try (ResultSet rows = metadata.getSchemas()) {
            while (rows.next()) {
                String stored = rows.getString("TABLE_SCHEM");
                if (name.matches(stored)) {
                    schemas.add(stored);
                }
            }
        }
        return schemas;
    }

    private Optional<Table> table(@Nullable String schema, GenericName name) throws SQLException {
        for (String spelling : name.spellings(metadata)) {
            List<Place> found = places(schema, spelling, spelling::equals);
            if (!found.isEmpty()) {
                return Optional.of(table(found.get(0)));
            }
        }
        List<Place> alike = places(schema, null, name::matches);
        return alike.size() == 1 ? Optional.of(table(alike.get(0))) : Optional.empty();
    }

    /** @param name null for all of the schema */
    private List<Place> places(@Nullable String schema, @Nullable String name, Predicate<String> isMeant)
            throws SQLException {
        List<Place> places = new ArrayList<>();
        String schemas = JdbcStructure.pattern(metadata, schema);
        String tables = name == null ? "%" : JdbcStructure.pattern(metadata, name);
        try (ResultSet rows = metadata.getTables(catalog, schemas, tables, null)) {
            while (rows.next()) {
                String found = rows.getString("TABLE_SCHEM");
                boolean isThere = schema == null || schema.equals(found);
                if (isThere && isMeant.test(rows.getString("TABLE_NAME")) && isRead(rows.getString("TABLE_TYPE"))) {
                    places.add(new Place(found, rows.getString("TABLE_NAME")));
                }
            }
        }
        return places;
    }

    /** Drivers list sequences, indexes and types too; what a materialized view shows is of another time. */
    private static boolean isRead(String type) {
        String upper = type.toUpperCase(Locale.ROOT);
        return (upper.contains("TABLE") || upper.contains("VIEW")) && !upper.contains("MATERIALIZED");
    }

    private Table table(Place place) throws SQLException {
        String schema = place.schema();
        String name = place.name();
        return schema == null
                ? new Table(GenericName.quote(name), GenericName.written(name), columns(place), -1)
                : new Table(
                        GenericName.quote(schema) + "." + GenericName.quote(name),
                        GenericName.written(schema) + "." + GenericName.written(name),
                        columns(place),
                        -1);
    }

    private List<Column> columns(Place place) throws SQLException {
        List<Column> columns = new ArrayList<>();
        String schema = JdbcStructure.pattern(metadata, place.schema());
        String table = JdbcStructure.pattern(metadata, place.name());
        try (ResultSet rows = metadata.getColumns(catalog, schema, table, "%")) {
            while (rows.next()) {
                if (rows.getString("TABLE_NAME").equals(place.name())) {
                    columns.add(column(rows));
                }
            }
        }
        return columns;
    }

    private static Column column(ResultSet row) throws SQLException {
        int digits = row.getInt("DECIMAL_DIGITS");
        digits = row.wasNull() ? -1 : digits;
        return GenericTypes.column(
                row.getString("COLUMN_NAME"),
                row.getInt("DATA_TYPE"),
                row.getString("TYPE_NAME"),
                row.getInt("COLUMN_SIZE"),
                digits,
                row.getInt("NULLABLE") != DatabaseMetaData.columnNoNulls);
    }

    static List<Column> describeQuery(Connection connection, String sql) throws SQLException {
        checkQuotes(connection);
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT * FROM (" + sql + "\n) AS q WHERE 1 = 0")) {
            ResultSetMetaData described = Objects.requireNonNull(statement.getMetaData(), "the columns of a query");
            List<Column> columns = new ArrayList<>();
            for (int i = 1; i <= described.getColumnCount(); i++) {
                columns.add(GenericTypes.column(
                        described.getColumnLabel(i),
                        described.getColumnType(i),
                        described.getColumnTypeName(i),
                        described.getPrecision(i),
                        described.getScale(i),
                        described.isNullable(i) != ResultSetMetaData.columnNoNulls));
            }
            return columns;
        }
    }
}
