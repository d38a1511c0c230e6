package dev.sluice.spool;

import java.nio.file.Path;
import java.sql.SQLException;

/** Says in our words what SQLite says in result codes (https://www.sqlite.org/rescode.html). */
final class SqliteErrors {
    private static final int BUSY = 5;
    private static final int LOCKED = 6;
    private static final int READONLY = 8;
    private static final int IOERR = 10;
    static final int CORRUPT = 11;
    private static final int FULL = 13;
    private static final int CANTOPEN = 14;
    private static final int NOTADB = 26;

    private SqliteErrors() {}

    static boolean isBusy(SQLException e) {
        return code(e) == BUSY;
    }

    static SpoolException of(Path path, String what, SQLException e) {
        String problem = path + " " + what + ": ";
        return switch (code(e)) {
            case FULL ->
                new SpoolException.Full(
                        problem + "the disk is full. What was kept before is safe; make room and try again", e);
            case CORRUPT, NOTADB ->
                new SpoolException.Damaged(
                        problem
                                + "the file is damaged. Stop the program, keep a copy of the file, and take out of that what"
                                + " can be read: sqlite3 COPY .recover (" + e.getMessage() + ")",
                        e);
            case BUSY, LOCKED ->
                new SpoolException(
                        problem
                                + "another program has been writing to it for too long, such as the sqlite3 shell: end that",
                        e);
            case READONLY, CANTOPEN ->
                new SpoolException(
                        problem + "the file, its directory or the disk cannot be written: check the permissions", e);
            case IOERR -> new SpoolException(problem + "the disk failed (" + e.getMessage() + ")", e);
            default -> new SpoolException(problem + e.getMessage(), e);
        };
    }

    /** The lowest byte is the primary code, the others tell more of it. */
    private static int code(SQLException e) {
        return e.getErrorCode() & 0xff;
    }
}
