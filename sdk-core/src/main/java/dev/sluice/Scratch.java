package dev.sluice;

import dev.sluice.row.JsonWriter;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** Buffers to encode a row in, used again and again: a few for all threads, so that none outlives its writer. */
final class Scratch {
    private static final int BUFFERS = 8;
    private static final int FIRST_SIZE = 1_024;

    /** A buffer that had to grow for an unusual row is not kept. */
    private static final int MOST_KEPT = 65_536;

    private final AtomicReferenceArray<JsonWriter> free = new AtomicReferenceArray<>(BUFFERS);

    JsonWriter take() {
        JsonWriter buffer = free.getAndSet(place(), null);
        return buffer == null ? new JsonWriter(FIRST_SIZE) : buffer;
    }

    void give(JsonWriter buffer) {
        if (buffer.size() <= MOST_KEPT) {
            free.set(place(), buffer.truncate(0));
        }
    }

    private static int place() {
        return (int) (Thread.currentThread().getId() & (BUFFERS - 1));
    }
}
