package dev.sluice.spool;

import static dev.sluice.spool.Samples.TABLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.BatchId;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several threads put, claim, give back and end at once. */
@Timeout(60)
class SpoolRaceTest {
    private static final int THREADS = 8;
    private static final int EACH = 25;

    private final Set<BatchId> held = ConcurrentHashMap.newKeySet();
    private final Set<BatchId> ended = ConcurrentHashMap.newKeySet();
    private final AtomicInteger taken = new AtomicInteger();

    @TempDir
    Path directory;

    @Test
    void hands_no_batch_to_two_and_loses_none_in_memory() throws Exception {
        race(new MemorySpool(Spool.DEFAULT_MAX_BYTES, Clock.systemUTC()));
    }

    @Test
    void hands_no_batch_to_two_and_loses_none_in_a_file() throws Exception {
        race(Spool.sqlite(directory.resolve("race.spool")));
    }

    private void race(Spool spool) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try (spool) {
            List<Callable<Integer>> work = new ArrayList<>();
            for (int thread = 0; thread < THREADS; thread++) {
                int number = thread;
                work.add(() -> work(spool, number));
            }
            for (Future<Integer> done : threads.invokeAll(work)) {
                done.get();
            }
            assertThat(spool.backlog()).isEmpty();
        } finally {
            threads.shutdownNow();
            assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(taken).hasValue(THREADS / 2 * EACH);
        assertThat(ended).hasSize(THREADS / 2 * EACH);
    }

    /** Two threads each put the same batches: one of them is to be told that they are new. */
    private int work(Spool spool, int number) {
        int claims = 0;
        for (int i = 0; i < EACH; i++) {
            taken.addAndGet(spool.put(List.of(Samples.batch(number / 2 + "-" + i)), true)
                    .size());
            claims += deliver(spool, i % 3 == 0) ? 1 : 0;
        }
        while (deliver(spool, false)) {
            claims++;
        }
        return claims;
    }

    private boolean deliver(Spool spool, boolean back) {
        Optional<Spool.Claim> claim = spool.claim(TABLE);
        claim.ifPresent(one -> {
            BatchId id = one.batch().id();
            assertThat(held.add(id)).as("only one has %s", id).isTrue();
            assertThat(ended).doesNotContain(id);
            if (back) {
                held.remove(id);
                spool.release(one.lease());
            } else {
                ended.add(id);
                held.remove(id);
                assertThat(spool.end(one.lease(), Span.of(one.batch()), null)).isTrue();
            }
        });
        return claim.isPresent();
    }
}
