package dev.sluice;

import dev.sluice.receipt.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A writer or a push, and what the model counted for it. */
final class ModelOwner {
    final String table;
    final boolean merge;
    final @Nullable StreamWriter writer;
    final List<ModelRow> rows = new ArrayList<>();

    @Nullable
    CompletableFuture<Receipt> receipt;

    int lastAttempted = -1;
    long submitted;
    long delivered;
    long dead;
    long held;

    /** Rows of a push that were superseded; a writer's are found out in the end. */
    long superseded;

    /** What it has in memory, rows that a writer superseded included: they leave when their batch is cut. */
    long bytes;

    boolean closed;

    /** A push one of whose batches failed so that none of the others is worth an attempt. */
    boolean hopeless;

    Duration linger = Duration.ZERO;

    ModelOwner(String table, boolean merge, @Nullable StreamWriter writer) {
        this.table = table;
        this.merge = merge;
        this.writer = writer;
    }

    /** In the end, of the rows that a writer superseded. */
    long supersededBytes() {
        return writer == null
                ? 0
                : rows.stream()
                        .filter(row -> row.fate == null)
                        .mapToLong(ModelRow::cost)
                        .sum();
    }
}
