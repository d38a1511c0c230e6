package dev.sluice;

import dev.sluice.receipt.DeadLetterStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replay did.
 *
 * @param letters one entry for each letter that was chosen, in the order of the store
 * @param damaged what is in the store and cannot be read; see {@link dev.sluice.receipt.DamagedLetterException}
 * @param stopped why the replay ended early, the letters behind being {@link Status#NOT_TRIED}; null if it did not
 */
public record ReplayReport(
        List<Letter> letters,
        List<String> damaged,
        @Nullable String stopped) {

    /** What became of a letter. Only a replayed one has left the store. */
    public enum Status {
        /** Every row is written, or is in a dead letter of the client's hook. */
        REPLAYED,
        /** It is not to be sent as things are; the reason says when it would be. */
        SKIPPED,
        /** Sending it failed; some of its rows may have been written. */
        FAILED,
        /** The replay was stopped before its turn. */
        NOT_TRIED
    }

    /**
     * What became of one letter.
     *
     * @param entry the letter, as it was listed
     * @param written rows that the API says it wrote
     * @param dead rows that are in another dead letter now
     * @param gone rows that are no longer in the source, whose current rows were to be sent
     * @param why the reason in a sentence, without rows; empty for a replayed letter
     * @param error what it failed with; null if it did not fail
     */
    public record Letter(
            DeadLetterStore.Entry entry,
            Status status,
            int written,
            int dead,
            int gone,
            String why,
            @Nullable RuntimeException error) {

        /** Whether it is still in the store. */
        public boolean stays() {
            return status != Status.REPLAYED;
        }
    }

    public ReplayReport {
        letters = List.copyOf(letters);
        damaged = List.copyOf(damaged);
    }

    /** The letters that ended so. */
    public List<Letter> letters(Status status) {
        return letters.stream().filter(letter -> letter.status() == status).toList();
    }

    /** The letters that are still in the store. */
    public List<Letter> staying() {
        return letters.stream().filter(Letter::stays).toList();
    }

    /** Rows written. */
    public long written() {
        return letters.stream().mapToLong(Letter::written).sum();
    }

    /** Rows that are in other dead letters now. */
    public long dead() {
        return letters.stream().mapToLong(Letter::dead).sum();
    }

    /** Whether every letter that was chosen is gone and all of its rows are written. */
    public boolean isClean() {
        return staying().isEmpty() && damaged.isEmpty() && dead() == 0;
    }
}
