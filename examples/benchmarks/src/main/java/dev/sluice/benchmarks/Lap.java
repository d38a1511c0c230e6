package dev.sluice.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.sluice.benchmarks.measure.ChildProcess;
import dev.sluice.benchmarks.measure.HeapMeter;
import java.lang.management.ManagementFactory;
import java.net.URI;

/** The child's side: one contestant in a JVM of its own, which warms up and is then measured. */
final class Lap {
    private Lap() {}

    /** Takes the contestant's name, the sink's address, the events to warm up with, and those to measure. */
    public static void main(String[] args) throws Exception {
        Contestants.Entry entry = Contestants.named(args[0]);
        try (Contestant contestant = entry.opener().open(URI.create(args[1]));
                HeapMeter heap = new HeapMeter()) {
            contestant.send(Integer.parseInt(args[2]));
            measure(contestant, heap, Integer.parseInt(args[3]));
        }
        // Some libraries leave threads behind that would keep the JVM for a minute.
        System.exit(0);
    }

    private static void measure(Contestant contestant, HeapMeter heap, int events) throws Exception {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long allocated = heap.allocated();
        long cpu = system.getProcessCpuTime();
        long start = System.nanoTime();
        contestant.send(events);
        long nanos = System.nanoTime() - start;
        long cpuNanos = system.getProcessCpuTime() - cpu;
        System.out.println(ChildProcess.RESULT + nanos + " " + cpuNanos + " " + (heap.allocated() - allocated));
    }
}
