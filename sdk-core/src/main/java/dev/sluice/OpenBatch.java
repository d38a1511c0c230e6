package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.batch.RowBuffer;
import dev.sluice.receipt.RowStatus;
import dev.sluice.row.Destination;
import dev.sluice.row.JsonWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The rows that a writer is collecting, with the futures of those who wrote them. Of rows with the same merge key the
 * last one stays.
 *
 * <p>Guarded by its writer's lock.
 */
final class OpenBatch {
    /** Rows that were not sent for a later one's sake. */
    record Superseded(List<CompletableFuture<RowStatus>> futures, int rows, long cost) {}

    private final BatchPolicy policy;
    private final RowBuffer rows = new RowBuffer();
    private final Map<String, Integer> byKey = new HashMap<>();
    private List<@Nullable CompletableFuture<RowStatus>> futures = new ArrayList<>();
    private List<CompletableFuture<RowStatus>> supersededFutures = new ArrayList<>();
    private int superseded;
    private long supersededCost;

    OpenBatch(BatchPolicy policy) {
        this.policy = policy;
    }

    boolean isEmpty() {
        return rows.rows() == 0;
    }

    /** Rows in it, without those that were superseded. */
    int rows() {
        return rows.rows() - superseded;
    }

    boolean fits(int size) {
        return isEmpty() || (rows.rows() < policy.maxRows() && rows.bytes() + 1L + size <= policy.maxBytes());
    }

    /** Whether nothing more will fit, so that there is no point in waiting. */
    boolean isFull() {
        return rows.rows() >= policy.maxRows() || rows.bytes() >= policy.maxBytes();
    }

    void add(JsonWriter row, @Nullable String key, @Nullable CompletableFuture<RowStatus> future) {
        if (key != null) {
            Integer earlier = byKey.put(key, rows.rows());
            if (earlier != null) {
                supersede(earlier);
            }
        }
        rows.json().append(row);
        rows.endRow();
        futures.add(future);
    }

    /** The futures of the rows, in the order of the batch that comes next. */
    List<@Nullable CompletableFuture<RowStatus>> takeFutures() {
        List<@Nullable CompletableFuture<RowStatus>> taken = futures;
        if (superseded > 0) {
            taken = new ArrayList<>(rows());
            for (int i = 0; i < futures.size(); i++) {
                if (!rows.isRemoved(i)) {
                    taken.add(futures.get(i));
                }
            }
        }
        futures = new ArrayList<>(taken.size());
        return taken;
    }

    Superseded takeSuperseded() {
        Superseded taken = new Superseded(supersededFutures, superseded, supersededCost);
        supersededFutures = new ArrayList<>();
        superseded = 0;
        supersededCost = 0;
        byKey.clear();
        return taken;
    }

    Batch take(BatchId id, Destination destination) {
        return rows.toBatch(id, destination);
    }

    private void supersede(int row) {
        supersededCost += Books.cost(rows.size(row));
        superseded++;
        rows.remove(row);
        CompletableFuture<RowStatus> future = futures.get(row);
        if (future != null) {
            supersededFutures.add(future);
        }
    }
}
