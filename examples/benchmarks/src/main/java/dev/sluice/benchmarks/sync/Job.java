package dev.sluice.benchmarks.sync;

import java.net.URI;
import java.util.List;

/**
 * What each contestant has to do: carry a table to an address.
 *
 * @param database the JDBC URL, with the user in it
 * @param table with {@link SampleTable}'s columns
 * @param rows how many it has
 * @param sink where its rows go
 */
record Job(String database, String table, long rows, URI sink) {
    /** How many words {@link #words} are. */
    static final int WORDS = 4;

    /** The job as arguments of a child process. */
    List<String> words() {
        return List.of(database, table, String.valueOf(rows), sink.toString());
    }

    static Job of(List<String> words) {
        return new Job(words.get(0), words.get(1), Long.parseLong(words.get(2)), URI.create(words.get(3)));
    }

    boolean isPostgres() {
        return database.startsWith("jdbc:postgresql:");
    }
}
