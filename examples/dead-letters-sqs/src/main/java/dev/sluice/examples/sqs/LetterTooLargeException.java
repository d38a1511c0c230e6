package dev.sluice.examples.sqs;

import dev.sluice.row.SluiceException;

/** A row of a dead letter fits in no message; nothing of the letter was sent. */
public final class LetterTooLargeException extends SluiceException {
    private static final long serialVersionUID = 1L;

    LetterTooLargeException(String message) {
        super(message);
    }
}
