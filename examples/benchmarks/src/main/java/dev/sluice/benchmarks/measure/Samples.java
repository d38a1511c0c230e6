package dev.sluice.benchmarks.measure;

import java.util.ArrayList;
import java.util.List;

/** Measurements of one thing. */
public final class Samples {
    private final List<Double> values = new ArrayList<>();

    public void add(double value) {
        values.add(value);
    }

    /** The value in the middle; of two in the middle, their mean. */
    public double median() {
        return median(values);
    }

    public double least() {
        return sorted(values).get(0);
    }

    public double most() {
        return sorted(values).get(values.size() - 1);
    }

    /** The least value that is not below 95 of 100. */
    public double p95() {
        return sorted(values).get((int) Math.ceil(values.size() * 0.95) - 1);
    }

    /** The value in the middle of a list. */
    public static double median(List<Double> values) {
        List<Double> sorted = sorted(values);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    private static List<Double> sorted(List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalStateException("nothing was measured");
        }
        return values.stream().sorted().toList();
    }
}
