package dev.sluice.row;

import org.jspecify.annotations.Nullable;

/** What is said of a row that breaks a limit, by whichever way it came. */
final class Limits {
    private Limits() {}

    static String fieldTooLong(long bytes) {
        return "has " + bytes + " bytes of JSON, at most " + Row.MAX_FIELD_BYTES + " are allowed in a field";
    }

    static String tooDeep() {
        return "is nested more than " + Row.MAX_DEPTH + " levels deep (or contains itself)";
    }

    static String twice() {
        return "comes a second time; no object names a field twice";
    }

    static String noNumber() {
        return "JSON has no number for NaN and the infinities";
    }

    static String halfOfPair(int at) {
        return "character " + at + " is half of a surrogate pair, which UTF-8 cannot hold";
    }

    static String noName(@Nullable Object key) {
        String type = key == null ? "null" : key.getClass().getName();
        return "a field's name must be a String, this one is " + type;
    }
}
