package dev.sluice.benchmarks.sync;

import dev.sluice.benchmarks.measure.MarkerCount;
import dev.sluice.jdbc.testing.Database;

/** Makes the tables that are carried: ten columns, about 329 bytes of JSON a row; or two, and a megabyte. */
final class SampleTable {
    /** Named for the sink, which counts rows by it: no other place of a request has it. */
    static final String KEY = MarkerCount.MARKER;

    static final String WATERMARK = "updated_at";

    private static final String ROW = """
            (%s bigint PRIMARY KEY, customer_id int NOT NULL, note text NOT NULL, amount numeric(12,2) NOT NULL,
            currency char(3) NOT NULL, coupon text, details %s NOT NULL, created_at %s NOT NULL, updated_at %s NOT NULL,
            paid boolean NOT NULL)""";
    private static final String NOTE = "Left with the neighbour: ";

    private SampleTable() {}

    /** A table of {@code rows} on PostgreSQL, in the order of its key, vacuumed and left alone from then on. */
    static void onPostgres(Database database, String table, long rows) {
        database.run(
                "CREATE TABLE " + table + ROW.formatted(KEY, "jsonb", "timestamptz", "timestamptz")
                        + " WITH (autovacuum_enabled = off)",
                "INSERT INTO " + table + " SELECT g, g % 50000, '" + NOTE + "' || md5(g::text), g % 1000000 / 100.0,"
                        + " (ARRAY['EUR', 'USD', 'GBP'])[1 + g % 3], CASE WHEN g % 2 = 0 THEN 'SPRING-' || g % 100 END,"
                        + " jsonb_build_object('source', 'web', 'items', g % 7, 'gift', g % 5 = 0),"
                        + " timestamptz '2024-01-01 00:00:00+00' + g * interval '1234567 microseconds',"
                        + " timestamptz '2024-01-01 06:00:00+00' + g * interval '1234567 microseconds', g % 4 <> 0"
                        + " FROM generate_series(1, " + rows + ") g",
                "CREATE INDEX ON " + table + " (" + WATERMARK + ", " + KEY + ")",
                "VACUUM ANALYZE " + table);
    }

    /** The same on MySQL. */
    static void onMySql(Database database, String table, long rows) {
        database.run(
                "SET SESSION time_zone = '+00:00', cte_max_recursion_depth = 2000000000",
                "CREATE TABLE " + table + ROW.formatted(KEY, "json", "timestamp(6)", "timestamp(6)"),
                "INSERT INTO " + table + " WITH RECURSIVE n (g) AS (SELECT 1 UNION ALL SELECT g + 1 FROM n WHERE g < "
                        + rows + ") SELECT g, g % 50000, concat('" + NOTE + "', md5(g)), g % 1000000 / 100,"
                        + " elt(1 + g % 3, 'EUR', 'USD', 'GBP'), if(g % 2 = 0, concat('SPRING-', g % 100), NULL),"
                        + " json_object('source', 'web', 'items', g % 7, 'gift', g % 5 = 0),"
                        + " timestamp('2024-01-01 00:00:00') + INTERVAL g * 1234567 MICROSECOND,"
                        + " timestamp('2024-01-01 06:00:00') + INTERVAL g * 1234567 MICROSECOND, g % 4 <> 0 FROM n",
                "CREATE INDEX watermark ON " + table + " (" + WATERMARK + ", " + KEY + ")",
                "ANALYZE TABLE " + table);
    }

    /** A table of rows that are a megabyte each, on PostgreSQL. */
    static void longRows(Database database, String table, long rows) {
        database.run(
                "CREATE TABLE " + table + " (" + KEY + " bigint PRIMARY KEY, document text NOT NULL, " + WATERMARK
                        + " timestamptz NOT NULL)",
                "INSERT INTO " + table + " SELECT g, repeat(md5(g::text), 31250),"
                        + " timestamptz '2024-01-01 00:00:00+00' + g * interval '1 second' FROM generate_series(1, "
                        + rows + ") g",
                "CREATE INDEX ON " + table + " (" + WATERMARK + ", " + KEY + ")",
                "VACUUM ANALYZE " + table);
    }

    /**
     * The statement that changes rows that are evenly spread, each at a time of its own.
     *
     * @param changes how many; the rows are a multiple of it
     */
    static String change(Job job, long changes) {
        return "UPDATE " + job.table() + " SET customer_id = customer_id + 1, " + WATERMARK + " = "
                + (job.isPostgres() ? "clock_timestamp()" : "sysdate(6)") + " WHERE " + KEY + " % "
                + job.rows() / changes + " = 0";
    }
}
