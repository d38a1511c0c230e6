package dev.sluice.batch;

import dev.sluice.row.Destination;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.Row;
import java.util.Optional;
import java.util.function.Function;

/**
 * Cuts a stream of rows into batches by number and size. No clock, thread or socket is in it.
 *
 * <p>Not safe for use by several threads.
 */
public final class Batcher {
    private final Destination destination;
    private final BatchPolicy policy;
    private final Function<RowBuffer, BatchId> ids;
    private final RowBuffer buffer = new RowBuffer();

    /**
     * A batcher for one destination.
     *
     * @param ids names the batches in their order, from their rows if it likes
     */
    public Batcher(Destination destination, BatchPolicy policy, Function<RowBuffer, BatchId> ids) {
        this.destination = destination;
        this.policy = policy;
        this.ids = ids;
    }

    /**
     * Takes a row in; the result is the batch that had to be closed to make room for it, if any.
     *
     * @throws InvalidRowException if the row alone is longer than a request may be; the others stay
     */
    public Optional<Batch> add(Row row) {
        // Before a batch is closed: an exception would take that batch with it.
        checkLength(row.size());
        Optional<Batch> full = fits(row) ? Optional.empty() : drain();
        buffer.add(row);
        return full;
    }

    /** The rows that are still waiting, as a batch; empty if there are none. */
    public Optional<Batch> drain() {
        return buffer.rows() == 0 ? Optional.empty() : Optional.of(buffer.toBatch(ids.apply(buffer), destination));
    }

    /**
     * Checks the length of a row by itself.
     *
     * @throws InvalidRowException if a row of that many bytes fits in no request
     */
    public static void checkLength(int length) {
        if (length > BatchPolicy.BYTE_LIMIT) {
            throw InvalidRowException.at(
                    "", "has " + length + " bytes of JSON, at most " + BatchPolicy.BYTE_LIMIT + " fit in a request");
        }
    }

    private boolean fits(Row row) {
        return buffer.rows() == 0
                || (buffer.rows() < policy.maxRows() && buffer.bytes() + 1L + row.size() <= policy.maxBytes());
    }
}
