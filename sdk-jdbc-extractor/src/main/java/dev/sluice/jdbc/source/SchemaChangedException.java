package dev.sluice.jdbc.source;

import dev.sluice.row.SluiceException;

/** Columns of the table changed while it was read; nothing of the page was sent, and another pass goes on from there. */
public final class SchemaChangedException extends SluiceException {
    private static final long serialVersionUID = 1L;

    SchemaChangedException(String message) {
        super(message);
    }
}
