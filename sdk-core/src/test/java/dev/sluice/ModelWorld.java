package dev.sluice;

import dev.sluice.batch.BatchPolicy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** A client with random settings, and what the program, the lake and the checks of its run know of it. */
final class ModelWorld {
    static final List<String> TABLES = List.of("a.one", "a.two", "b.three");

    final Random random;
    final ManualTiming timing = new ManualTiming();
    final ModelLedger ledger;
    final StreamClient client;
    final HandCrew crew;
    final int maxInFlight;
    final long maxMemory;
    final List<ModelOwner> owners = new ArrayList<>();

    /** What a single batch may take that is larger than all of the memory. */
    long roomForOne;

    private final boolean hook;
    private final Deque<String> steps = new ArrayDeque<>();

    /** Whether a batch may wait for its first attempt at a rate limit or a breaker. */
    private boolean paced;

    ModelWorld(int seed) {
        this.random = new Random(seed);
        this.hook = random.nextInt(3) > 0;
        this.ledger = new ModelLedger(random, random.nextInt(3) == 0);
        this.maxInFlight = 1 + random.nextInt(4);
        this.maxMemory = chance(2) ? 1_000 + random.nextInt(3_000) : 1_000_000;
        this.roomForOne = maxMemory;
        HandCrew[] made = new HandCrew[1];
        this.client = settings()
                .crew(dispatcher -> made[0] = new HandCrew(dispatcher))
                .build();
        this.crew = made[0];
        ledger.corners.add(hook ? "hook" : "no hook");
    }

    boolean isPaced() {
        return paced;
    }

    String lastSteps() {
        return String.join("; ", steps);
    }

    private StreamClient.Builder settings() {
        StreamClient.Builder settings = StreamClient.builder()
                .transport(new ScriptedTransport())
                .timing(timing)
                .listener(ledger)
                .maxInFlight(maxInFlight)
                .maxMemory(maxMemory)
                .maxBlock(chance(2) ? Duration.ZERO : Duration.ofSeconds(5))
                .batches(new BatchPolicy(1 + random.nextInt(chance(3) ? 60 : 6), 200 + random.nextInt(2_000)))
                .retries(new RetryPolicy(
                        1 + random.nextInt(5),
                        millis(1_000),
                        Duration.ofSeconds(2),
                        millis(20_000).plusMillis(1)));
        if (hook) {
            settings.deadLetters(ledger);
        }
        if (chance(3)) {
            paced = true;
            RateLimit all = new RateLimit(1 + random.nextInt(5), millis(2_000));
            settings.rateLimit(all);
            settings.tableRateLimit(new RateLimit(1 + random.nextInt(all.requests()), all.period()));
        }
        if (chance(2)) {
            settings.retryBudget(new RateLimit(1 + random.nextInt(3), millis(5_000)));
        }
        if (chance(2)) {
            paced = true;
            settings.circuitBreaker(new CircuitBreaker(50, 2 + random.nextInt(4), millis(30_000)));
            settings.tableCircuitBreaker(new CircuitBreaker(50, 2 + random.nextInt(4), millis(30_000)));
        }
        return settings.onUnknown(policy());
    }

    UnknownPolicy policy() {
        UnknownPolicy policy = UnknownPolicy.values()[random.nextInt(hook ? 3 : 2)];
        boolean possible = policy != UnknownPolicy.DEAD_LETTER || hook;
        UnknownPolicy chosen = possible ? policy : UnknownPolicy.HOLD;
        ledger.corners.add("policy " + chosen);
        return chosen;
    }

    void failed(Throwable cause) {
        ledger.corners.add("held " + cause.getClass().getSimpleName());
        String words = String.valueOf(cause.getMessage());
        if (words.contains("rows are refused, so the table")) {
            ledger.corners.add("held systemic");
        }
        if (words.contains("not tried after")) {
            ledger.corners.add("held not tried");
        }
        if (words.contains("the circuit breaker is open")) {
            ledger.corners.add("breaker open");
        }
    }

    void log(String step) {
        steps.add(step);
        if (steps.size() > 40) {
            steps.remove();
        }
    }

    boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    Duration millis(int most) {
        return Duration.ofMillis(1L + random.nextInt(most));
    }

    <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
