package dev.sluice.jdbc.dialect;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts values that could not be carried as they are and were changed as the {@link TypePolicy} says. Thread-safe. */
public final class Losses {
    private final Map<String, LongAdder> counts = new ConcurrentSkipListMap<>();

    /** None yet. */
    public Losses() {}

    /** Counts one value of a column. */
    public void count(String column) {
        counts.computeIfAbsent(column, name -> new LongAdder()).increment();
    }

    /** How many values were changed, by column. */
    public Map<String, Long> byColumn() {
        Map<String, Long> sums = new TreeMap<>();
        counts.forEach((column, count) -> sums.put(column, count.sum()));
        return sums;
    }
}
