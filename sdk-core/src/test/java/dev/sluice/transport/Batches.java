package dev.sluice.transport;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.RowBuffer;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import java.util.stream.IntStream;

/** Batches to send. */
final class Batches {
    private Batches() {}

    static Batch of(int rows) {
        return of(rows, Destination.append("bronze.events"));
    }

    static Batch of(int rows, Destination destination) {
        RowBuffer buffer = new RowBuffer();
        IntStream.range(0, rows).forEach(i -> buffer.add(Row.json("{\"id\":" + i + "}")));
        return buffer.toBatch(new BatchId("batch-1"), destination);
    }

    /** So many rows of a little more than 1,000 bytes each. */
    static Batch large(int rows) {
        RowBuffer buffer = new RowBuffer();
        String filler = "x".repeat(1_000);
        IntStream.range(0, rows).forEach(i -> buffer.add(Row.json("{\"id\":" + i + ",\"t\":\"" + filler + "\"}")));
        return buffer.toBatch(new BatchId("batch-large"), Destination.append("bronze.events"));
    }
}
