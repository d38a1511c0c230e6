package dev.sluice.jdbc.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** Threads that end with the test. */
final class Workers implements AutoCloseable {
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final ExecutorService pool;

    Workers(int count) {
        pool = Executors.newFixedThreadPool(count, work -> {
            Thread thread = new Thread(work);
            threads.add(thread);
            return thread;
        });
    }

    <T> Future<T> submit(Callable<T> work) {
        return pool.submit(work);
    }

    /** Waits until the one thread is parked by {@code blocker}. */
    void interruptOnceParkedBy(Object blocker) {
        long start = System.nanoTime();
        while (LockSupport.getBlocker(threads.get(0)) != blocker) {
            assertThat(System.nanoTime() - start)
                    .isLessThan(Duration.ofSeconds(20).toNanos());
            Thread.onSpinWait();
        }
        threads.get(0).interrupt();
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
