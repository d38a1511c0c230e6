package dev.sluice.jdbc;

import dev.sluice.Replay;
import dev.sluice.batch.Batch;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.jdbc.checkpoint.CheckpointStore;
import dev.sluice.jdbc.source.PageSource;
import dev.sluice.jdbc.source.Stamps;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.source.Transactions;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.row.WriteMode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks up what the rows of dead letters have become in the database. */
final class Lookup implements Replay.CurrentRows, AutoCloseable {
    private final Transactions transactions;
    private final List<TablePlan> plans;
    private final CheckpointStore checkpoints;
    private final Map<TablePlan, PageSource> sources = new HashMap<>();
    private final Map<TablePlan, RuntimeException> failures = new HashMap<>();
    private CheckpointStore.@Nullable Lock lock;
    private boolean closed;

    Lookup(Transactions transactions, List<TablePlan> plans, CheckpointStore checkpoints) {
        this.transactions = transactions;
        this.plans = plans;
        this.checkpoints = checkpoints;
    }

    @Override
    public Optional<Replay.Current> of(DeadLetter letter) {
        if (closed) {
            // A sync may run by now, and send what is newer first.
            throw new CheckpointException(
                    "the extractor's replay is over and it holds the checkpoints no more: run this one through"
                            + " JdbcExtractor.replay again");
        }
        String table = letter.batch().destination().table();
        List<TablePlan> writers = plans.stream()
                .filter(plan ->
                        plan.mode() == WriteMode.MERGE && plan.destination().equals(table))
                .toList();
        if (writers.size() != 1) {
            return Optional.empty();
        }
        PageSource source = source(writers.get(0));
        return source.writesTo(letter.batch().destination())
                ? Optional.of(current(source, writers.get(0), letter.batch()))
                : Optional.empty();
    }

    @Override
    public void close() {
        closed = true;
        if (lock != null) {
            lock.close();
        }
    }

    private Replay.Current current(PageSource source, TablePlan plan, Batch sent) {
        List<List<String>> keys = source.keys(sent);
        Batch batch = source.current(keys, stamps(source, plan, keys.size())).orElse(null);
        return new Replay.Current(batch, keys.size() - (batch == null ? 0 : batch.rows()));
    }

    /** Of a table that was never synced there are no newer stamps that these had to be above. */
    private Stamps stamps(PageSource source, TablePlan plan, int rows) {
        Optional<Checkpoint> known = checkpoints.load(source.table(), plan.destination());
        known.ifPresent(one -> TableSync.identified(one, source.fingerprint()));
        Checkpoint before =
                known.orElseGet(() -> Checkpoint.start(source.table(), plan.destination(), source.fingerprint()));
        Stamps now = new Progress(checkpoints, before).stamps(rows);
        if (known.isPresent()) {
            checkpoints.save(before.numbered(now.sequence() + rows - 1));
        }
        return now;
    }

    /** What failed once is not tried for every letter again: each try may wait for a connection. */
    private PageSource source(TablePlan plan) {
        RuntimeException before = failures.get(plan);
        if (before != null) {
            throw before;
        }
        try {
            if (lock == null) {
                lock = checkpoints.lock(Duration.ZERO);
            }
            return sources.computeIfAbsent(plan, one -> PageSource.open(transactions, one));
        } catch (RuntimeException e) {
            failures.put(plan, e);
            throw e;
        }
    }
}
