package dev.sluice.push;

import dev.sluice.RetryPolicy;
import dev.sluice.Timing;
import dev.sluice.receipt.DeadLetters;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a runner was told, checked. */
record PushTerms(
        String target,
        PushFunction function,
        int batchSize,
        int maxConcurrency,
        RetryPolicy retries,
        Duration pollInterval,
        Duration pollTimeout,
        @Nullable DeadLetters deadLetters,
        RowListener listener,
        Timing timing,
        RandomGenerator random,
        JobReferences jobs) {}
