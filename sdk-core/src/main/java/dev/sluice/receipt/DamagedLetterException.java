package dev.sluice.receipt;

import dev.sluice.row.SluiceException;
import java.util.List;

/**
 * Something in a store of dead letters is not a dead letter, or not a whole one; it stays where it is, for a person to
 * look at.
 */
public final class DamagedLetterException extends SluiceException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> damaged;
    private final transient List<DeadLetterStore.Entry> readable;

    /**
     * An exception that says what is wrong.
     *
     * @param damaged the names of what cannot be read
     * @param readable the letters that can, if a list of letters was asked for
     */
    public DamagedLetterException(String message, List<String> damaged, List<DeadLetterStore.Entry> readable) {
        super(message);
        this.damaged = List.copyOf(damaged);
        this.readable = List.copyOf(readable);
    }

    /** The names of what cannot be read. */
    public List<String> damaged() {
        return damaged;
    }

    /** The letters that the list would have had without the damaged ones; empty if a single letter was asked for. */
    public List<DeadLetterStore.Entry> readable() {
        return readable;
    }
}
