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
     * This hook, and behind it another. The first that throws ends it: the rows stay with whoever pushed them, the hooks
     * behind it hear nothing, and those before it have kept a letter that they get again when the rows are dead again.
     * So the hook whose letters cost most to repeat, such as a message to a person, comes last.
     */
    default DeadLetters andThen(DeadLetters next) {
        return letter -> {
            keep(letter);
            next.keep(letter);
        };
    }

    /**
     * This hook, and a line in the log for each letter that it has kept: table, batch, reason, counts and times, at
     * level {@code WARN} through SLF4J, by the name of this interface. Neither rows nor the API's words are in it.
     *
     * <p>There is no hook that only logs, for the rows would be gone with the line.
     */
    default DeadLetters logged() {
        return andThen(new DeadLetterLog());
    }

    /**
     * Keeps each letter as one file of newline-delimited JSON in a directory, made if it is not there.
     *
     * <p>A file's first line tells the table, the reason, the batch id and the times; each further line is a row as it
     * was sent. A file is written beside its place, forced to disk and then moved there, so a reader never sees half of
     * one; its name begins with the time, and no file is ever overwritten. A row may be mended in its file, in one line.
     *
     * <p>A letter's name is its file's, without {@code .ndjson}, and letters are listed in the order of their last
     * attempts. {@link DeadLetterStore#list} reads first lines only; that a row is missing or is no JSON comes out when
     * the letter is read. Files whose names begin with a dot, and {@code .tmp} files, which a crash left behind before
     * their letters were kept, are passed over; everything else in the directory is to be a letter. Letters may be kept,
     * read and removed by several threads and processes at once.
     *
     * <p>Its methods throw {@link java.io.UncheckedIOException} if the disk fails, and the store's other methods
     * {@link DamagedLetterException} naming each file that is no letter, or not a whole one; such a file is never
     * removed.
     */
    static DeadLetterStore directory(Path directory) {
        return new DeadLetterDirectory(directory.toAbsolutePath());
    }
}
