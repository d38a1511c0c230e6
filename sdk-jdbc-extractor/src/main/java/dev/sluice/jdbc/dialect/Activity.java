package dev.sluice.jdbc.dialect;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a database says about the transactions that are open in it, at one moment.
 *
 * @param now the database's own time
 * @param oldest when the oldest open transaction began, with a margin for what is not shown at once; at most
 *     {@code now} less that margin. Rows of transactions that can be seen and that ended are older.
 * @param blind why not all transactions can be seen, as a sentence that ends in what to do; null if they can
 * @param prepared transactions that are prepared and whose beginning is not known, by name, with the time when they
 *     were prepared
 */
public record Activity(
        Instant now, Instant oldest, @Nullable String blind, Map<String, Instant> prepared) {
    public Activity {
        prepared = Map.copyOf(prepared);
    }
}
