package dev.sluice.jdbc.dialect;

import dev.sluice.row.SluiceException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Set;

/** The source database cannot be read as it was asked to; the checkpoint stays where it was. */
public final class SourceException extends SluiceException {
    private static final long serialVersionUID = 1L;

    /** Of MySQL's errors, those that quote a value under the state of any error (manual, "Server Error Message Reference"). */
    private static final Set<Integer> QUOTING = Set.of(1264, 1265, 1292, 1366, 1367, 1406, 1411, 1525, 3140, 3141);

    public SourceException(String message) {
        super(message);
    }

    private SourceException(String message, SQLException cause) {
        super(message, cause);
    }

    /**
     * What the database said, in one line: its first one, for the lines below it may quote values. Of complaints about
     * data (SQLSTATE classes 22 and 23, and some that MySQL has no class for) and of a function's own (P0) even that
     * quotes them, so only the state is told, and the cause has no message.
     *
     * @param doing what was being done, such as {@code reading public.orders}
     */
    public static SourceException of(String doing, SQLException cause) {
        String code = Objects.requireNonNullElse(cause.getSQLState(), "");
        String state = code.isEmpty() ? "" : " (SQLSTATE " + code + ")";
        boolean quotes = QUOTING.contains(cause.getErrorCode()) || code.matches("(22|23|P0).*");
        return quotes
                ? new SourceException(
                        doing + " failed: the database could not work out a value of the table or view" + state,
                        withoutWords(cause))
                : new SourceException(doing + " failed: " + said(cause) + state, cause);
    }

    private static SQLException withoutWords(SQLException cause) {
        SQLException silent = new SQLException(null, cause.getSQLState(), cause.getErrorCode());
        silent.setStackTrace(cause.getStackTrace());
        return silent;
    }

    private static String said(SQLException cause) {
        String said =
                Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
        return said.lines().findFirst().orElse("");
    }
}
