package dev.sluice;

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

/** A spool whose disk is full when it is told so, and that takes the latest lease back when it is told so. */
final class FailingSpool implements Spool {
    private final Spool spool;
    private boolean fails;
    private boolean stuck;
    private @Nullable Lease latest;

    FailingSpool(Spool spool) {
        this.spool = spool;
    }

    void fail(boolean now) {
        fails = now;
    }

    /** The latest lease was not renewed for too long. */
    void takeBack() {
        stuck = true;
    }

    private Spool works() {
        if (fails) {
            try (Spool tiny = Spool.inMemory(1)) {
                tiny.put(List.of(PushTest.batch("too-large", 1)), false);
            }
        }
        return spool;
    }

    @Override
    public List<BatchId> put(List<Batch> batches, boolean remembered) {
        return works().put(batches, remembered);
    }

    @Override
    public boolean knows(BatchId batch) {
        return works().knows(batch);
    }

    @Override
    public void forget(BatchId batch) {
        works().forget(batch);
    }

    @Override
    public List<Backlog> backlog() {
        return works().backlog();
    }

    @Override
    public Optional<Size> next(String table) {
        return works().next(table);
    }

    @Override
    public Optional<Claim> claim(String table, Map<BatchId, Batch> known) {
        Optional<Claim> claim = works().claim(table, known);
        claim.ifPresent(one -> latest = one.lease());
        return claim;
    }

    @Override
    public void renew(Collection<Lease> leases) {
        works().renew(leases);
    }

    @Override
    public List<Lease> reclaim() {
        if (stuck && latest != null) {
            stuck = false;
            spool.release(latest);
            return List.of(latest);
        }
        return works().reclaim();
    }

    @Override
    public boolean attempting(Lease lease, @Nullable Span piece) {
        return works().attempting(lease, piece);
    }

    @Override
    public boolean end(Lease lease, Span piece, @Nullable DeadLetter letter) {
        return works().end(lease, piece, letter);
    }

    @Override
    public void release(Lease lease) {
        works().release(lease);
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
