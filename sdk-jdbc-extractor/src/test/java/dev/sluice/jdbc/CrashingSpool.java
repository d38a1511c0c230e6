package dev.sluice.jdbc;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.spool.Span;
import dev.sluice.spool.Spool;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A spool at which things happen before and after a batch is put, and before one is forgotten. */
final class CrashingSpool implements Spool {
    private final Spool spool;
    private Runnable beforePut = () -> {};
    private Runnable afterPut = () -> {};
    private Runnable beforeForget = () -> {};

    CrashingSpool(Spool spool) {
        this.spool = spool;
    }

    void beforePut(Runnable action) {
        beforePut = action;
    }

    void afterPut(Runnable action) {
        afterPut = action;
    }

    void beforeForget(Runnable action) {
        beforeForget = action;
    }

    @Override
    public List<BatchId> put(List<Batch> batches, boolean remembered) {
        beforePut.run();
        List<BatchId> added = spool.put(batches, remembered);
        afterPut.run();
        return added;
    }

    @Override
    public void forget(BatchId batch) {
        beforeForget.run();
        spool.forget(batch);
    }

    @Override
    public boolean knows(BatchId batch) {
        return spool.knows(batch);
    }

    @Override
    public List<Backlog> backlog() {
        return spool.backlog();
    }

    @Override
    public Optional<Size> next(String table) {
        return spool.next(table);
    }

    @Override
    public Optional<Claim> claim(String table, Map<BatchId, Batch> known) {
        return spool.claim(table, known);
    }

    @Override
    public void renew(Collection<Lease> leases) {
        spool.renew(leases);
    }

    @Override
    public List<Lease> reclaim() {
        return spool.reclaim();
    }

    @Override
    public boolean attempting(Lease lease, @Nullable Span piece) {
        return spool.attempting(lease, piece);
    }

    @Override
    public boolean end(Lease lease, Span piece, @Nullable DeadLetter letter) {
        return spool.end(lease, piece, letter);
    }

    @Override
    public void release(Lease lease) {
        spool.release(lease);
    }

    @Override
    public DeadLetterStore deadLetters() {
        return spool.deadLetters();
    }

    @Override
    public void close() {
        spool.close();
    }
}
