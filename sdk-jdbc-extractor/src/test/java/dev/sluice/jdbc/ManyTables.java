package dev.sluice.jdbc;

import dev.sluice.jdbc.source.TablePlan;

/** Tables named t1, t2 and so on, each into one of its name in bronze, whose rows are all old enough to be read. */
final class ManyTables {
    private final TestDatabase db;

    ManyTables(TestDatabase db, int tables) {
        this.db = db;
        for (int i = 1; i <= tables; i++) {
            db.run("CREATE TABLE t" + i + " (id bigint PRIMARY KEY, updated_at timestamptz NOT NULL)");
        }
    }

    static TablePlan plan(int table) {
        return TablePlan.of("t" + table, "bronze.t" + table)
                .watermark("updated_at")
                .key("id");
    }

    /** Rows of these ids, written now; later ids are of later times. Returns when they lie below the horizon. */
    void fill(int table, int from, int to) {
        db.run("INSERT INTO t" + table + " SELECT i, now() + i * interval '1 microsecond' FROM generate_series(" + from
                + ", " + to + ") i");
        db.one("SELECT pg_sleep(0.2)");
    }
}
