package dev.sluice.spool;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import java.util.Collection;

/**
 * A run of rows within a batch.
 *
 * @param firstRow its first row, counted from 0
 * @param rows how many they are, at least 1
 */
public record Span(int firstRow, int rows) {
    public Span {
        if (firstRow < 0 || rows < 1) {
            throw new IllegalArgumentException(
                    "a span has a first row of at least 0 and at least 1 row, found " + firstRow + " and " + rows);
        }
    }

    /** The place of a piece within the batch that it was split from; all rows if it never was. */
    public static Span of(Batch piece) {
        return new Span(piece.firstRow(), piece.rows());
    }

    /**
     * Whether this piece of a batch may end now.
     *
     * @throws IllegalArgumentException if rows of it are not the batch's or have ended before: counted twice they would
     *     end the batch while others wait
     */
    void checkEnds(BatchId batch, int batchRows, Collection<Span> ended) {
        if (firstRow + rows > batchRows || ended.stream().anyMatch(this::overlaps)) {
            throw new IllegalArgumentException("rows " + firstRow + " to " + (firstRow + rows - 1) + " of batch "
                    + batch + " cannot end: it has " + batchRows + " rows, of which these ended before: " + ended);
        }
    }

    /** Whether they have a row in common. */
    public boolean overlaps(Span other) {
        return firstRow < other.firstRow + other.rows && other.firstRow < firstRow + rows;
    }
}
