package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.Chunk;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.Load;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import dev.sluice.jdbc.source.PageSource;
import dev.sluice.jdbc.source.Slice;
import dev.sluice.jdbc.source.TablePlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a pass over one table would do if it began now.
 *
 * <p>What is read again (look-back, overtaken stretches) and rows of the future are left out.
 *
 * @param source the table as the database names it, or as the plan does if it was not found
 * @param destination the lake's table
 * @param cursor how far the table is settled; null for its beginning
 * @param horizon the time below which the pass would read; null if there is an error, and of a snapshot
 * @param statements the SQL that would read first: that of each pending range, then that of the first page of what is
 *     left, or of each part that is still to be loaded. It can be run as it is, in a session whose time zone is UTC, and
 *     shows watermarks and keys, but no other values
 * @param pending rows that an earlier pass may have sent, and that would be sent again before all others
 * @param waiting rows that would be sent behind those, counted up to 10,000 for each statement
 * @param error why a pass would fail; null if nothing is known to be in its way
 */
public record SyncPreview(
        String source,
        String destination,
        @Nullable Cursor cursor,
        @Nullable Instant horizon,
        List<String> statements,
        int pending,
        int waiting,
        @Nullable RuntimeException error) {
    public SyncPreview {
        statements = List.copyOf(statements);
    }

    static SyncPreview failed(String source, TablePlan plan, @Nullable Cursor cursor, RuntimeException error) {
        return new SyncPreview(source, plan.destination(), cursor, null, List.of(), 0, 0, error);
    }

    /** Reads, and saves nothing. */
    static SyncPreview of(TableSync.Setting setting, TablePlan plan, PageSource source) {
        // Loading one by its name is for who holds the lock.
        Checkpoint checkpoint = setting.checkpoints().list().stream()
                .filter(one ->
                        one.source().equals(source.table()) && one.destination().equals(plan.destination()))
                .findFirst()
                .orElseGet(() -> Checkpoint.start(source.table(), plan.destination(), source.fingerprint()));
        try {
            return of(setting, plan, TableSync.identified(checkpoint, source.fingerprint()), source);
        } catch (RuntimeException e) {
            return failed(source.table(), plan, checkpoint.cursor(), e);
        }
    }

    private static SyncPreview of(TableSync.Setting setting, TablePlan plan, Checkpoint checkpoint, PageSource source) {
        Reach reach = null;
        String bound = null;
        if (!plan.isSnapshot()) {
            HorizonTaker taker = new HorizonTaker(setting.horizon(), source, setting.stopped());
            reach = taker.take(checkpoint);
            bound = taker.bound(reach, reach.bound());
        }
        long ignored = source.checkNulls();
        List<String> statements = new ArrayList<>();
        checkpoint.pending().forEach(range -> statements.add(source.sql(Slice.of(range), 0)));
        int waiting = 0;
        for (Slice slice : slices(plan, checkpoint, bound)) {
            statements.add(source.sql(slice, setting.pages().maxRows()));
            waiting += source.count(slice);
        }
        return new SyncPreview(
                checkpoint.source(),
                checkpoint.destination(),
                checkpoint.cursor(),
                reach == null ? null : reach.bound(),
                statements,
                checkpoint.pending().stream().mapToInt(PendingRange::rows).sum(),
                waiting,
                null);
    }

    private static List<Slice> slices(TablePlan plan, Checkpoint checkpoint, @Nullable String bound) {
        Load load = checkpoint.load();
        if (load != null) {
            return load.chunks().stream()
                    .filter(chunk -> !chunk.done())
                    .map(chunk -> slice(chunk, load))
                    .toList();
        }
        if (bound == null && !plan.isSnapshot()) {
            return List.of();
        }
        boolean byKey = plan.isSnapshot() || TableLoad.isDue(checkpoint);
        Phase later = checkpoint.loaded() ? Phase.CHANGES : Phase.FIRST;
        return List.of(new Slice(byKey ? Phase.LOAD : later, checkpoint.cursor(), null, bound));
    }

    private static Slice slice(Chunk chunk, Load load) {
        return new Slice(Phase.LOAD, chunk.next(), chunk.to(), load.bound());
    }
}
