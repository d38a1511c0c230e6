package dev.sluice;

import dev.sluice.transport.Transport;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/** What every delivery of a client shares. */
record Engine(
        Transport transport,
        RetryPolicy retries,
        RateGate rate,
        Timing timing,
        RandomGenerator random,
        PushListener listener,
        BooleanSupplier closed) {}
