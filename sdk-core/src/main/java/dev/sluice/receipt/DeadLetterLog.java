package dev.sluice.receipt;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says of each letter what is known of it, but for the API's words, which may quote rows. */
final class DeadLetterLog implements DeadLetters {
    private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

    @Override
    public void keep(DeadLetter letter) {
        LOG.warn(
                "Dead letter: {} rows of batch {} for {}: {}, {} of them written, {} attempts from {} to {}, HTTP status"
                        + " {}, request {}",
                letter.batch().rows(),
                letter.batch().id(),
                letter.batch().destination().table(),
                letter.reason(),
                letter.written(),
                letter.attempts(),
                letter.firstAttempt(),
                letter.lastAttempt(),
                letter.httpStatus(),
                letter.requestId());
    }
}
