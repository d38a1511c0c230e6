package dev.sluice.receipt;

import java.nio.file.Path;

/**
 * Takes rows that could not be delivered. Returning normally says that they are kept, and makes them this hook's
 * responsibility; throwing leaves them with whoever pushed them.
 *
 * <p>Called on the thread that delivers, never under a lock, possibly by several threads at once; the table's next batch
 * waits meanwhile, if it has to keep its order. A hook may push to another table, as long as that table's hook does not
 * push back and wait.
 */
@FunctionalInterface
public interface DeadLetters {
    /** Keeps the letter, durably if its rows must not be lost. */
    void keep(DeadLetter letter);

    /**
     * Keeps each letter as one file of newline-delimited JSON in a directory, made if it is not there.
     *
     * <p>A file's first line tells the table, the reason, the batch id and the times; each further line is a row as it
     * was sent. A file is written beside its place, forced to disk and then moved there, so a reader never sees half of
     * one; its name begins with the time, and no file is ever overwritten.
     *
     * @throws java.io.UncheckedIOException when a letter cannot be written, from {@link #keep}
     */
    static DeadLetters directory(Path directory) {
        return new DeadLetterDirectory(directory);
    }
}
