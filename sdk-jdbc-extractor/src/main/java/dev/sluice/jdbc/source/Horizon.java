package dev.sluice.jdbc.source;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The bound below which no row can appear any more: everything older is committed, or never will be.
 *
 * @param time the bound as a time
 * @param bound the same in the watermark column's own type, rounded down to its resolution; null if there is no such
 *     column
 * @param now the database's present time in the watermark column's own type, rounded down; null if there is no such
 *     column
 */
public record Horizon(
        Instant time, @Nullable String bound, @Nullable String now) {}
