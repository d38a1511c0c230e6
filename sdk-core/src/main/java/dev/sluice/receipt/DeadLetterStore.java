package dev.sluice.receipt;

import dev.sluice.batch.BatchId;
import dev.sluice.row.Destination;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Dead letters that can be looked at, taken out again and, with that, sent again. */
public interface DeadLetterStore extends DeadLetters {
    /**
     * What is known of a letter without its rows; see {@link DeadLetter}.
     *
     * @param name what the store knows it by
     * @param destination where its rows were going
     * @param rows how many there are
     */
    record Entry(
            String name,
            Destination destination,
            BatchId batch,
            DeadLetter.Reason reason,
            String message,
            int rows,
            int written,
            int attempts,
            Instant firstAttempt,
            Instant lastAttempt,
            int httpStatus,
            @Nullable String requestId) {}

    /**
     * Every letter, in the order they came in.
     *
     * @throws DamagedLetterException if some cannot be read; it has the others
     */
    List<Entry> list();

    /**
     * One letter with its rows.
     *
     * @throws java.util.NoSuchElementException if there is none of that name
     */
    DeadLetter read(String name);

    /** Forgets a letter, durably; does nothing if there is none of that name. */
    void remove(String name);
}
