package dev.sluice.benchmarks;

import dev.sluice.benchmarks.measure.MarkerCount;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;

/** What every contestant sends: an event of eight fields, about 200 bytes of JSON. */
public record Event(
        String id,
        String kind,
        String user,
        String path,
        long sequence_number,
        double amount,
        boolean mobile,
        Instant at) {
    /** How many different events a lap goes through, again and again. */
    static final int POOL = 10_000;

    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");

    /** The same events in each JVM, in the form that a contestant takes. */
    static <T> List<T> pool(Function<Event, T> form) {
        Random random = new Random(42);
        List<T> pool = new ArrayList<>(POOL);
        for (int i = 0; i < POOL; i++) {
            pool.add(form.apply(event(i, random)));
        }
        return pool;
    }

    private static Event event(int number, Random random) {
        return new Event(
                String.format(Locale.ROOT, "evt_%016x", random.nextLong()),
                "page_view",
                "user-" + random.nextInt(100_000),
                "/products/" + random.nextInt(10_000) + "/reviews",
                number,
                random.nextInt(100_000) / 100.0,
                random.nextBoolean(),
                FIRST.plusMillis(random.nextInt(1_000_000_000)));
    }

    /** The event as an application without classes of its own has it. */
    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("id", id);
        map.put("kind", kind);
        map.put("user", user);
        map.put("path", path);
        map.put(MarkerCount.MARKER, sequence_number);
        map.put("amount", amount);
        map.put("mobile", mobile);
        map.put("at", at);
        return map;
    }
}
