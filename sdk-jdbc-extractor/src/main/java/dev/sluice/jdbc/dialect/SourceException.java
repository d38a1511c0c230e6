package dev.sluice.jdbc.dialect;

import dev.sluice.row.SluiceException;
import java.sql.SQLException;
import java.util.Objects;

/** The source database cannot be read as it was asked to; the checkpoint stays where it was. */
public final class SourceException extends SluiceException {
    private static final long serialVersionUID = 1L;

    public SourceException(String message) {
        super(message);
    }

    private SourceException(String message, SQLException cause) {
        super(message, cause);
    }

    /**
     * What the database said, in one line: its first one, for the lines below it may quote values.
     *
     * @param doing what was being done, such as {@code reading public.orders}
     */
    public static SourceException of(String doing, SQLException cause) {
        String said =
                Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
        String state = cause.getSQLState() == null ? "" : " (SQLSTATE " + cause.getSQLState() + ")";
        return new SourceException(
                doing + " failed: " + said.lines().findFirst().orElse("") + state, cause);
    }
}
