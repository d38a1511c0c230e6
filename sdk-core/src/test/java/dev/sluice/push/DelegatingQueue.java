package dev.sluice.push;

import dev.sluice.row.ChangedRow;
import dev.sluice.spool.PushQueue;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A queue that counts how often claims are renewed, and fails when told to. */
final class DelegatingQueue implements PushQueue {
    private final PushQueue queue;
    final AtomicInteger renewals = new AtomicInteger();
    final AtomicInteger claimsToFail = new AtomicInteger();
    final AtomicInteger settlementsToFail = new AtomicInteger();
    final AtomicInteger jobsToFail = new AtomicInteger();
    volatile Runnable beforeClaim = () -> {};

    DelegatingQueue(PushQueue queue) {
        this.queue = queue;
    }

    private static void failIf(AtomicInteger left) {
        if (left.get() > 0) {
            left.decrementAndGet();
            throw new IllegalStateException("disk full");
        }
    }

    @Override
    public void put(String target, List<ChangedRow> rows) {
        queue.put(target, rows);
    }

    @Override
    public boolean put(String target, List<ChangedRow> rows, long offset) {
        return queue.put(target, rows, offset);
    }

    @Override
    public boolean putOnce(String target, List<ChangedRow> rows, String key) {
        return queue.putOnce(target, rows, key);
    }

    @Override
    public void replace(String target, List<ChangedRow> rows) {
        queue.replace(target, rows);
    }

    @Override
    public OptionalLong offset(String target) {
        return queue.offset(target);
    }

    @Override
    public long last() {
        return queue.last();
    }

    @Override
    public Optional<Claim> claim(String target, long upTo, int atMost, Set<Long> except) {
        failIf(claimsToFail);
        beforeClaim.run();
        return queue.claim(target, upTo, atMost, except);
    }

    @Override
    public boolean renew(Claim claim) {
        renewals.incrementAndGet();
        return queue.renew(claim);
    }

    @Override
    public boolean saveJob(Claim claim, String job) {
        failIf(jobsToFail);
        return queue.saveJob(claim, job);
    }

    @Override
    public boolean settle(Claim claim, Collection<Long> failed) {
        failIf(settlementsToFail);
        return queue.settle(claim, failed);
    }

    @Override
    public boolean release(Claim claim) {
        return queue.release(claim);
    }

    @Override
    public List<Backlog> backlog() {
        return queue.backlog();
    }

    @Override
    public long count(String target, long upTo) {
        return queue.count(target, upTo);
    }

    @Override
    public List<Event> list(String target) {
        return queue.list(target);
    }

    @Override
    public void close() {
        queue.close();
    }
}
