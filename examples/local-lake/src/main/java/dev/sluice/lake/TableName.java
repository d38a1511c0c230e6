package dev.sluice.lake;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name of a table that a request may write to. */
record TableName(String schema, String table) {
    private static final Pattern FORM =
            Pattern.compile("([A-Za-z_][A-Za-z0-9_]{0,127})\\.([A-Za-z_][A-Za-z0-9_]{0,127})");

    /** DuckDB's own, and ours. */
    private static final Set<String> RESERVED = Set.of("_sluice", "information_schema", "pg_catalog", "system", "temp");

    static TableName parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new Refusal(
                    400,
                    "config.table must be schema.table, each part of letters, digits and underscores and no longer than"
                            + " 128, as in bronze.customers");
        }
        if (RESERVED.contains(fold(matcher.group(1)))) {
            throw new Refusal(400, "the schema " + matcher.group(1) + " is reserved: choose another, such as bronze");
        }
        return new TableName(matcher.group(1), matcher.group(2));
    }

    /** One spelling for all that DuckDB takes for the same name: it ignores case, though of ASCII letters only. */
    static String fold(String name) {
        StringBuilder folded = new StringBuilder(name.length());
        name.chars().forEach(c -> folded.append((char) (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c)));
        return folded.toString();
    }

    static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    String folded() {
        return toString().toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return schema + "." + table;
    }
}
