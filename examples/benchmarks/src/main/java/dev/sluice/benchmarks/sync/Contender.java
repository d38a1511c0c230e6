package dev.sluice.benchmarks.sync;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * Who takes part.
 *
 * @param name as in the report
 * @param is what it does, in a few words
 * @param kind what it is to the comparison
 * @param contestant runs it
 */
record Contender(String name, String is, Kind kind, Contestant contestant) {
    /** What others are compared with on PostgreSQL. */
    static final String COPY = "copy";

    /** What others are compared with on MySQL, and the usual way to read on PostgreSQL. */
    static final String JDBC = "jdbc";

    static final String NAIVE = "naive";
    static final String SCRIPT = "script";
    static final String PROGRAM = "program";

    /** What a contender is to the comparison. */
    enum Kind {
        /** Reads, and throws away. */
        READ,
        /** This library. */
        OURS,
        /** This library, with bodies that only the sink can count. */
        OURS_PACKED,
        /** A plain program. */
        PLAIN;

        boolean isOurs() {
            return this == OURS || this == OURS_PACKED;
        }
    }

    /** All for PostgreSQL that run in a JVM, in the order of the table. */
    static final List<Contender> POSTGRES = postgres();

    /** All for MySQL. */
    static final List<Contender> MYSQL = mySql();

    static Contender named(String name) {
        return POSTGRES.stream()
                .filter(one -> one.name.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no contestant is named " + name));
    }

    /** The name of a sync with batches of so many rows and nothing else set. */
    static String sync(int batch) {
        return "sync-" + batch;
    }

    /** The rows in each of its requests; a plain program's are 1,000. */
    int batch() {
        return contestant instanceof TableSync sync ? sync.batch() : NaiveProgram.BATCH;
    }

    private static List<Contender> postgres() {
        List<Contender> all = new ArrayList<>();
        all.add(new Contender(COPY, "`COPY` to nowhere", Kind.READ, new CopyNowhere()));
        all.add(jdbc("JDBC cursor, 5,000 rows a fetch"));
        for (int batch : List.of(1_000, 5_000)) {
            all.add(ours(batch));
            all.add(new Contender(
                    sync(batch) + "-gzip",
                    batches(batch) + ", gzip",
                    Kind.OURS_PACKED,
                    new TableSync(batch, true, false)));
            all.add(new Contender(
                    sync(batch) + "-spool", batches(batch) + ", spool", Kind.OURS, new TableSync(batch, false, true)));
        }
        all.add(naive());
        return Collections.unmodifiableList(all);
    }

    private static List<Contender> mySql() {
        return List.of(jdbc("JDBC, rows streamed"), ours(1_000), ours(5_000), naive());
    }

    private static Contender jdbc(String is) {
        return new Contender(JDBC, is, Kind.READ, new JdbcRead());
    }

    private static Contender ours(int batch) {
        return new Contender(sync(batch), batches(batch), Kind.OURS, new TableSync(batch, false, false));
    }

    private static Contender naive() {
        return new Contender(NAIVE, "`ResultSet`, maps, Jackson, the JDK's client", Kind.PLAIN, new NaiveProgram());
    }

    private static String batches(int rows) {
        return String.format(Locale.ROOT, "this library, %,d rows a batch", rows);
    }
}
