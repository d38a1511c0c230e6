package dev.sluice.spool;

import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetterStore;

/** How dead letters are told of here: by a number, in the order they came. */
final class Letter {
    private Letter() {}

    static DeadLetterStore.Entry entry(long number, DeadLetter letter) {
        return new DeadLetterStore.Entry(
                Long.toString(number),
                letter.batch().destination(),
                letter.batch().id(),
                letter.reason(),
                letter.message(),
                letter.batch().rows(),
                letter.written(),
                letter.attempts(),
                letter.firstAttempt(),
                letter.lastAttempt(),
                letter.httpStatus(),
                letter.requestId());
    }

    /** The number in a name; one that no letter has if it is none. */
    static long number(String name) {
        try {
            return Long.parseLong(name);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
