package dev.sluice.jdbc.dialect;

/**
 * Something about a table that its owner should know, found before a sync or during one.
 *
 * @param code what it is, for programs: upper case words joined by underscores
 * @param severity what it means for the sync
 * @param table the table as the plan names it
 * @param sentence what was found, with its numbers; never a value of a row
 * @param remedy what to do about it
 */
public record Finding(String code, Severity severity, String table, String sentence, String remedy) {
    /** What a finding means. */
    public enum Severity {
        /** Good to know. */
        INFO,
        /** Rows may be late, repeated or changed. */
        WARNING,
        /** The table cannot be synced, or rows would be lost. */
        ERROR
    }

    /** In one line. */
    @Override
    public String toString() {
        return severity + " " + code + " " + table + ": " + sentence + ": " + remedy;
    }
}
