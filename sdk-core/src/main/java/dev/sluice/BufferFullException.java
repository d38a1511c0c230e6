package dev.sluice;

import dev.sluice.row.SluiceException;

/**
 * The client's memory is full, and no room was made in the time there was: the rows were not taken and are still the
 * caller's. The API takes rows more slowly than they come, or not at all.
 */
public final class BufferFullException extends SluiceException {
    private static final long serialVersionUID = 1L;

    BufferFullException(String message) {
        super(message);
    }
}
