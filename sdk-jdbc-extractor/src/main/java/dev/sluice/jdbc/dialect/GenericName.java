package dev.sluice.jdbc.dialect;

import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One part of a name as standard SQL writes it: quoted, or the same in every case. */
record GenericName(String text, boolean isQuoted) {
    private static final Pattern PART = Pattern.compile("\\G(?:\"((?:[^\"]|\"\")+)\"|([^\".]+))(\\.(?=.)|$)");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** The parts of a name with dots in between; none if it is no such name. */
    static List<GenericName> parts(String written) {
        List<GenericName> parts = new ArrayList<>();
        Matcher matcher = PART.matcher(written);
        int end = 0;
        while (end < written.length() && matcher.find()) {
            String quoted = matcher.group(1);
            parts.add(
                    quoted == null
                            ? new GenericName(matcher.group(2), false)
                            : new GenericName(quoted.replace("\"\"", "\""), true));
            end = matcher.end();
        }
        return end == written.length() ? parts : List.of();
    }

    /** A name that has one part; one that has not is taken as it stands. */
    static GenericName of(String written) {
        List<GenericName> parts = parts(written);
        return parts.size() == 1 ? parts.get(0) : new GenericName(written, true);
    }

    /** How the name may be stored, the likeliest first. */
    Set<String> spellings(DatabaseMetaData rules) throws SQLException {
        Set<String> spellings = new LinkedHashSet<>();
        if (!isQuoted && rules.storesUpperCaseIdentifiers()) {
            spellings.add(text.toUpperCase(Locale.ROOT));
        }
        spellings.add(text);
        if (!isQuoted) {
            spellings.add(text.toLowerCase(Locale.ROOT));
            spellings.add(text.toUpperCase(Locale.ROOT));
        }
        return spellings;
    }

    /** Whether a stored name may be meant. */
    boolean matches(String stored) {
        return isQuoted ? stored.equals(text) : stored.equalsIgnoreCase(text);
    }

    static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /** A stored name as a person writes it. */
    static String written(String stored) {
        return PLAIN.matcher(stored).matches() ? stored : quote(stored);
    }
}
