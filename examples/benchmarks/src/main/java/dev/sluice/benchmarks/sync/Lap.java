package dev.sluice.benchmarks.sync;

import dev.sluice.benchmarks.measure.ChildProcess;
import dev.sluice.benchmarks.measure.HeapMeter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One contestant's run in a process of its own, measured from within.
 *
 * @param nanos from before the connection is opened to the end
 * @param cpuNanos of the process until then, with its start and its compiler
 * @param peakBytes the most memory that it had; 0 where that is not known
 * @param allocated bytes by all threads; 0 unless metered
 * @param allocatedLater those behind the first half of the rows; 0 unless metered
 */
record Lap(long nanos, long cpuNanos, long peakBytes, long allocated, long allocatedLater) {
    private static final String METERED = "metered";
    private static final String PLAIN = "plain";

    static Lap of(ChildProcess child) {
        long[] numbers = child.results().get(0);
        return new Lap(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);
    }

    /** Of a program that tells nothing of itself but its end: its time is the whole process's. */
    static Lap ofWhole(ChildProcess child) {
        return new Lap(child.nanos(), 0, 0, 0, 0);
    }

    static List<String> command(Contender contender, Job job, List<String> flags, boolean metered) {
        List<String> args = new ArrayList<>(List.of(contender.name(), metered ? METERED : PLAIN));
        args.addAll(job.words());
        return ChildProcess.java(ChildProcess.flags(flags, metered ? HeapMeter.FLAGS : List.of()), Lap.class, args);
    }

    /** Takes the contestant's name, whether it is metered, and its job. */
    public static void main(String[] args) throws Exception {
        Contestant contestant = Contender.named(args[0]).contestant();
        Job job = Job.of(Arrays.asList(args).subList(2, 2 + Job.WORDS));
        Lap lap = args[1].equals(METERED) ? metered(contestant, job) : plain(contestant, job);
        System.out.println(ChildProcess.RESULT + lap.nanos + " " + lap.cpuNanos + " " + lap.peakBytes + " "
                + lap.allocated + " " + lap.allocatedLater);
        // A pool's and a client's threads would keep the JVM for a while.
        System.exit(0);
    }

    private static Lap plain(Contestant contestant, Job job) throws Exception {
        long start = System.nanoTime();
        contestant.run(job, rows -> {});
        long nanos = System.nanoTime() - start;
        long cpu = ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElse(Duration.ZERO)
                .toNanos();
        return new Lap(nanos, cpu, PeakMemory.ofThisProcess(), 0, 0);
    }

    private static Lap metered(Contestant contestant, Job job) throws Exception {
        try (HeapMeter heap = new HeapMeter()) {
            HalfTime half = new HalfTime(heap, job.rows() / 2);
            long start = heap.allocated();
            contestant.run(job, half::settled);
            long end = heap.allocated();
            return new Lap(0, 0, 0, end - start, half.later(end));
        }
    }

    /** Remembers what was allocated when half of the rows were done. */
    private static final class HalfTime {
        private final HeapMeter heap;
        private final long half;
        private long at = -1;

        HalfTime(HeapMeter heap, long half) {
            this.heap = heap;
            this.half = half;
        }

        synchronized void settled(long rows) {
            if (at < 0 && rows >= half) {
                try {
                    at = heap.allocated();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        synchronized long later(long end) {
            return at < 0 ? 0 : end - at;
        }
    }
}
