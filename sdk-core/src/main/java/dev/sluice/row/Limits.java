package dev.sluice.row;

/** What is said of a row that breaks a limit, by whichever way it came. */
final class Limits {
    private Limits() {}

    static String fieldTooLong(long bytes) {
        return "has " + bytes + " bytes of JSON, at most " + Row.MAX_FIELD_BYTES + " are allowed in a field";
    }

    static String tooDeep() {
        return "is nested more than " + Row.MAX_DEPTH + " levels deep (or contains itself)";
    }
}
