package dev.sluice.jdbc.source;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** SQL that a plan brings along. */
final class SqlPart {
    private SqlPart() {}

    /**
     * The SQL without the blanks around it and the semicolons at its end.
     *
     * @param what it is, for the error
     * @throws IllegalArgumentException if nothing is left
     */
    static String of(String what, String sql) {
        String part = sql.strip();
        while (part.endsWith(";")) {
            part = part.substring(0, part.length() - 1).stripTrailing();
        }
        if (part.isEmpty()) {
            throw new IllegalArgumentException("the SQL of the " + what + " is empty");
        }
        return part;
    }

    /** What a checkpoint knows a plan's SQL by: with other SQL a cursor would stand behind rows that were never read. */
    static String digests(TablePlan plan) {
        return plan.query().map(sql -> " query " + digest(sql)).orElse("")
                + plan.filter().map(sql -> " filter " + digest(sql)).orElse("");
    }

    private static String digest(String sql) {
        byte[] all = RowReader.sha256().digest(sql.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(all, 0, 8);
    }
}
