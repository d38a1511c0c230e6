package dev.sluice.receipt;

import dev.sluice.batch.Batch;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Rows that could not be delivered, and all that is known of why.
 *
 * @param batch the rows, where they were going, and the id they were sent under
 * @param reason why they are here
 * @param message the reason in a sentence, with the API's own words
 * @param written how many of the rows the API says it wrote all the same: 0 unless the reason is {@code PARTIAL}
 * @param attempts requests made
 * @param firstAttempt when the first request began, by the wall clock
 * @param lastAttempt when the last request ended, by the wall clock
 * @param httpStatus the status of the last answer; 0 if there was none
 * @param requestId the API's name of the last request, if it gave one
 */
public record DeadLetter(
        Batch batch,
        Reason reason,
        String message,
        int written,
        int attempts,
        Instant firstAttempt,
        Instant lastAttempt,
        int httpStatus,
        @Nullable String requestId) {

    /** Why rows became dead letters. */
    public enum Reason {
        /** The API refused them and wrote nothing: they will be refused again. */
        REJECTED,
        /** They break a rule of the API, such as a merge key that is null: they were not sent. */
        INVALID,
        /** One row alone is too large for the API. */
        TOO_LARGE,
        /** Some of them were written, it is not known which: sending them again would repeat those. */
        PARTIAL,
        /** Every attempt failed and the time for it is over: sending them again is safe. */
        UNDELIVERED,
        /** They were sent, and no readable answer came: sending them again may repeat them. */
        UNKNOWN
    }
}
