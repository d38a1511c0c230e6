package dev.sluice.jdbc.checkpoint;

import java.util.ArrayList;
import java.util.List;

/**
 * What a cursor is only valid for: with another database, column or mode it would point to nowhere or to the wrong rows.
 *
 * @param database the database's own identity
 * @param watermark the watermark column and its type
 * @param key the key columns and their types
 * @param mode how the destination is written
 */
public record Fingerprint(String database, String watermark, List<String> key, String mode) {
    public Fingerprint {
        key = List.copyOf(key);
    }

    /** What differs in {@code now}, each difference with both values. */
    public List<String> differences(Fingerprint now) {
        List<String> all = new ArrayList<>();
        compare("database", database, now.database, all);
        compare("watermark", watermark, now.watermark, all);
        compare("key", String.join(", ", key), String.join(", ", now.key), all);
        compare("mode", mode, now.mode, all);
        return all;
    }

    private static void compare(String what, String before, String now, List<String> all) {
        if (!before.equals(now)) {
            all.add(what + " was " + before + " and is " + now);
        }
    }
}
