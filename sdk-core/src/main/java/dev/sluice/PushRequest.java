package dev.sluice;

import dev.sluice.batch.BatchId;
import dev.sluice.row.Destination;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Rows and where they go. Immutable: each method returns a request that differs in one thing. */
public final class PushRequest {
    private final Destination destination;
    private final Iterable<?> rows;
    private final @Nullable BatchId id;
    private final @Nullable UnknownPolicy unknown;

    private PushRequest(
            Destination destination, Iterable<?> rows, @Nullable BatchId id, @Nullable UnknownPolicy unknown) {
        this.destination = destination;
        this.rows = rows;
        this.id = id;
        this.unknown = unknown;
    }

    /** Adds rows to a table named {@code schema.table}. */
    public static PushRequest append(String table) {
        return to(Destination.append(table));
    }

    /** Replaces the rows that have the same value in {@code key}, and adds those that are new. */
    public static PushRequest merge(String table, String... keyColumns) {
        return to(Destination.merge(table, keyColumns));
    }

    /** Rows for the destination given. */
    public static PushRequest to(Destination destination) {
        return new PushRequest(destination, List.of(), null, null);
    }

    /** The rows: maps, records, POJOs or {@link dev.sluice.row.Row}s; read once, when the request is pushed. */
    public PushRequest rows(Iterable<?> rows) {
        return new PushRequest(destination, rows, id, unknown);
    }

    /** A tag for tracing. */
    public PushRequest tag(String name, String value) {
        return new PushRequest(destination.tag(name, value), rows, id, unknown);
    }

    /**
     * A name for these rows, from which and from the rows the ids of their batches follow; the ids are random unless
     * set. Pushing the same rows under the same name to a client with the same {@link dev.sluice.batch.BatchPolicy}, after
     * a crash for instance, lets a receiver that honours ids take them once.
     */
    public PushRequest id(BatchId id) {
        return new PushRequest(destination, rows, id, unknown);
    }

    /** What to do when no readable answer comes; as the client says unless set. */
    public PushRequest onUnknown(UnknownPolicy policy) {
        return new PushRequest(destination, rows, id, policy);
    }

    Destination destination() {
        return destination;
    }

    Iterable<?> rows() {
        return rows;
    }

    @Nullable
    UnknownPolicy unknown() {
        return unknown;
    }

    Optional<BatchId> id() {
        return Optional.ofNullable(id);
    }
}
