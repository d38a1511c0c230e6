package dev.sluice.lake;

import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What of DuckDB's error messages may be shown. */
final class SqlText {
    private static final Pattern KIND = Pattern.compile("([A-Za-z ]{1,40} Error):");

    private SqlText() {}

    /** For errors in the caller's own query, or in opening a file. */
    static String firstLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
    }

    /** Only the kind, as in "Conversion Error": the rest may quote a row's values. */
    static String kind(SQLException e) {
        if (isConstraint(e)) {
            return "Constraint Error";
        }
        Matcher kind = KIND.matcher(String.valueOf(e.getMessage()));
        return kind.lookingAt() ? kind.group(1) : "nameless error";
    }

    /** The appender says it without the kind in front. */
    static boolean isConstraint(SQLException e) {
        return String.valueOf(e.getMessage()).contains("constraint failed");
    }
}
