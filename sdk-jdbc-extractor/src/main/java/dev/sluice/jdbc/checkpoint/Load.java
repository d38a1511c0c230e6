package dev.sluice.jdbc.checkpoint;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A load of a whole table that has been begun and not ended.
 *
 * @param horizon the horizon that was taken before it: a UTC time in ISO 8601; null for a table without a watermark
 * @param bound the same in the watermark's own type: the load reads what is below it, and what is above is read
 *     afterwards; null for a table without a watermark, which is read whole
 * @param chunks its parts, which together are the table
 */
public record Load(@Nullable String horizon, @Nullable String bound, List<Chunk> chunks) {
    public Load {
        chunks = List.copyOf(chunks);
    }

    /** The same with one chunk replaced. */
    public Load with(int index, Chunk chunk) {
        List<Chunk> changed = new ArrayList<>(chunks);
        changed.set(index, chunk);
        return new Load(horizon, bound, changed);
    }

    /** Whether every chunk is loaded. */
    public boolean isDone() {
        return chunks.stream().allMatch(Chunk::done);
    }
}
