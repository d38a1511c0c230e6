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
     * What the database said, in one line: its first one, for the lines below it may quote values. Of complaints about
     * data (SQLSTATE classes 22 and 23) even that quotes them, so only the state is told; the cause has the rest.
     *
     * @param doing what was being done, such as {@code reading public.orders}
     */
    public static SourceException of(String doing, SQLException cause) {
        String code = Objects.requireNonNullElse(cause.getSQLState(), "");
        String state = code.isEmpty() ? "" : " (SQLSTATE " + code + ")";
        return new SourceException(doing + " failed: " + said(cause, code) + state, cause);
    }

    private static String said(SQLException cause, String code) {
        if (code.startsWith("22") || code.startsWith("23")) {
            return "the database could not work out a value of the table or view";
        }
        String said =
                Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
        return said.lines().findFirst().orElse("");
    }
}
