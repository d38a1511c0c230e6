package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Chunk;
import dev.sluice.jdbc.checkpoint.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a table into chunks of about the same number of rows, at keys that the database finds: whatever their types are,
 * and in its own order.
 */
final class ChunkPlan {
    private static final int MOST_ROWS = 250_000;

    /** All of them are written with every checkpoint. */
    static final int MOST_CHUNKS = 1_000;

    /** Finds places in the order of the keys. */
    @FunctionalInterface
    interface Keys {
        /** The place of the last of so many rows behind another place; empty if there are none. */
        Optional<Cursor> behind(@Nullable Cursor place, int rows);
    }

    private ChunkPlan() {}

    /**
     * How many rows a chunk should have.
     *
     * @param estimated how many rows the table may have; 0 or less if there is no telling
     * @param least a chunk of fewer rows than a page is not worth its query
     */
    static int rows(long estimated, int threads, int least) {
        long share = estimated <= 0 ? MOST_ROWS : (estimated + threads - 1) / threads;
        return (int) Math.max(least, Math.min(MOST_ROWS, share));
    }

    /**
     * The chunks, which together are all that is in the table, and all that comes into it while it is loaded. However
     * many rows there are, there are at most {@value #MOST_CHUNKS}.
     *
     * @return empty if it was stopped
     */
    static Optional<List<Chunk>> cut(Keys keys, int rows, BooleanSupplier stopped) {
        List<Cursor> ends = new ArrayList<>();
        int size = rows;
        Optional<Cursor> end = keys.behind(null, size);
        while (end.isPresent()) {
            if (stopped.getAsBoolean()) {
                return Optional.empty();
            }
            ends.add(end.get());
            if (ends.size() == MOST_CHUNKS) {
                ends = everySecond(ends);
                size = Math.multiplyExact(size, 2);
            }
            end = keys.behind(end.get(), size);
        }
        return Optional.of(between(ends));
    }

    private static List<Cursor> everySecond(List<Cursor> ends) {
        return new ArrayList<>(IntStream.range(0, ends.size())
                .filter(i -> i % 2 == 1)
                .mapToObj(ends::get)
                .toList());
    }

    /** The last chunk has no end, for rows may come behind the last row there was. */
    private static List<Chunk> between(List<Cursor> ends) {
        List<Chunk> chunks = new ArrayList<>();
        Cursor from = null;
        for (int i = 0; i < ends.size() - 1; i++) {
            chunks.add(new Chunk(from, ends.get(i), null, false));
            from = ends.get(i);
        }
        chunks.add(new Chunk(from, null, null, false));
        return chunks;
    }
}
