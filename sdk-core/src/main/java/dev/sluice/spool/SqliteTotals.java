package dev.sluice.spool;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Compares what a spool's file has with what it should have, for SQLite does not notice when a damaged page shows fewer
 * rows than were written, or others.
 */
final class SqliteTotals {
    /** What a table has: rows, bytes, and their seals joined by exclusive or. */
    private record Total(long entries, long bytes, long seals) {
        Total and(Total more) {
            return new Total(entries + more.entries, bytes + more.bytes, seals ^ more.seals);
        }
    }

    /** How a table's rows are read for its total. */
    private record Counted(String table, String columns, Sql.Mapper<Total> row) {
        Total in(Connection database) throws SQLException {
            return Sql.query(database, row, "SELECT " + columns + " FROM " + table).stream()
                    .reduce(new Total(0, 0, 0), Total::and);
        }
    }

    private static final List<Counted> TABLES = List.of(
            new Counted("batch", "bytes, seal", row -> new Total(1, row.getLong(1), row.getLong(2))),
            // Sealed anew, for nobody does that later.
            new Counted(
                    "ended",
                    "seq, first_row, rows",
                    row -> new Total(1, 0, Seal.of(row.getLong(1), row.getLong(2), row.getLong(3)))),
            new Counted("tombstone", "id", row -> new Total(1, 0, Seal.of(row.getString(1)))),
            new Counted("dead_letter", "bytes, seal", row -> new Total(1, row.getLong(1), row.getLong(2))));

    private SqliteTotals() {}

    /** The bytes of rows that are here, dead letters included. */
    static long bytes(Connection database) throws SQLException {
        return Sql.first(database, row -> row.getLong(1), "SELECT sum(bytes) FROM total")
                .orElse(0L);
    }

    /**
     * Compares what is there with what should be. The rows of batches are not read, they are checked when they are
     * claimed.
     *
     * @throws SpoolException.Damaged if something is missing, or more than was written, or cannot be found
     */
    static void check(Path path, Connection database, SqliteFile.Format format) throws SQLException {
        if (!schema(database).equals(schemaOf(format))) {
            throw damaged(path, "its schema is not that of " + format.name());
        }
        for (Counted counted : TABLES) {
            checkSound(path, database, counted.table());
            Total there = counted.in(database);
            if (!there.equals(total(database, counted.table()))) {
                throw damaged(
                        path,
                        "the table " + counted.table() + " has " + there.entries()
                                + " entries, which are not those that were written");
            }
        }
    }

    private static Total total(Connection database, String table) throws SQLException {
        return Sql.first(
                        database,
                        row -> new Total(row.getLong(1), row.getLong(2), row.getLong(3)),
                        "SELECT entries, bytes, seals FROM total WHERE of = ?",
                        table)
                .orElse(new Total(-1, 0, 0));
    }

    /** A search goes by an index, or by the order of the rows: either may hide what a look at all of them shows. */
    private static void checkSound(Path path, Connection database, String table) throws SQLException {
        String found = Sql.first(database, row -> row.getString(1), "PRAGMA integrity_check(" + table + ")")
                .orElse("nothing");
        if (!found.equals("ok")) {
            throw damaged(path, found);
        }
    }

    private static List<String> schema(Connection database) throws SQLException {
        return Sql.query(
                database,
                row -> row.getString(1) + " " + row.getString(2) + " " + row.getString(3) + " " + row.getString(4),
                // In an order that VACUUM does not change, and without what ANALYZE adds.
                "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'"
                        + " ORDER BY type, name");
    }

    private static List<String> schemaOf(SqliteFile.Format format) throws SQLException {
        try (Connection memory = DriverManager.getConnection("jdbc:sqlite::memory:");
                Statement sql = memory.createStatement()) {
            format.create(sql);
            return schema(memory);
        }
    }

    private static SpoolException damaged(Path path, String what) {
        return new SpoolException.Damaged(
                path + " is damaged: " + what
                        + ". Keep a copy of the file, take out of that what can be read with sqlite3 COPY .recover, and"
                        + " start with a new file",
                null);
    }
}
