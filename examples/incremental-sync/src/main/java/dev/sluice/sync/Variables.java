package dev.sluice.sync;

import java.util.Map;

/** Puts environment variables into the values of the configuration file. */
final class Variables {
    private final Map<String, String> environment;

    Variables(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Replaces <code>${NAME}</code>, <code>${NAME:-default}</code> and {@code $$}; any other dollar stays. Done on
     * values that are parsed already, so that a variable may hold any character and never becomes YAML.
     *
     * @param where the key and line, for messages
     */
    String resolve(String text, String where) {
        StringBuilder out = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            if (text.startsWith("$$", at)) {
                out.append('$');
                at += 2;
            } else if (text.startsWith("${", at)) {
                int end = text.indexOf('}', at);
                if (end < 0) {
                    throw CliException.usage(
                            where + " has ${ without its }; write $$ where a dollar sign itself is meant");
                }
                out.append(value(text.substring(at + 2, end), where));
                at = end + 1;
            } else {
                out.append(text.charAt(at++));
            }
        }
        return out.toString();
    }

    /** As in a shell, the default also stands in for a variable that is set to nothing. */
    private String value(String expression, String where) {
        int dash = expression.indexOf(":-");
        String name = dash < 0 ? expression : expression.substring(0, dash);
        if (!name.matches("[A-Za-z_][A-Za-z0-9_]*")) {
            throw CliException.usage(where + " has ${...} without the name of a variable: write ${NAME} or"
                    + " ${NAME:-default}, where the default has no braces, and $$ for a dollar sign");
        }
        String value = environment.get(name);
        if (dash >= 0) {
            return value == null || value.isEmpty() ? plain(expression.substring(dash + 2), where) : value;
        }
        if (value == null) {
            throw CliException.usage(where + " needs the environment variable " + name
                    + ", which is not set: export it, or write ${" + name + ":-default}");
        }
        return value;
    }

    private static String plain(String fallback, String where) {
        if (fallback.contains("${")) {
            throw CliException.usage(where + " has a variable within the default of another, which is not supported");
        }
        return fallback;
    }
}
