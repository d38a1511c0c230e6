package dev.sluice.spool;

import java.util.regex.Pattern;

/** Checks the names of targets. */
final class Targets {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,100}");

    private Targets() {}

    static String check(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a target has 1 to 100 characters out of letters, digits, _ and -, found: " + name);
        }
        return name;
    }
}
