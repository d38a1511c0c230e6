package dev.sluice.benchmarks.measure;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GcInfo;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/**
 * Measures what all threads of this JVM allocate: by how much the heap grew, and what each collection freed.
 *
 * <p>Counters of threads would miss those that have ended. Exact only with {@link #FLAGS}: without them, threads own
 * memory that they have not used yet.
 */
public final class HeapMeter implements AutoCloseable {
    /** What the JVM is to be started with. */
    public static final List<String> FLAGS = List.of("-XX:+UseSerialGC", "-XX:-UseTLAB");

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final List<MemoryPoolMXBean> POOLS = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .toList();

    private final List<Collector> collectors = ManagementFactory.getGarbageCollectorMXBeans().stream()
            .map(Collector::new)
            .toList();

    /** The bytes allocated since some moment in the past. */
    public long allocated() throws InterruptedException {
        Map<Collector, Long> counts = counts();
        long used = used();
        Map<Collector, Long> after = counts();
        while (!counts.equals(after)) {
            // A collection came in between, so the counts and the heap do not belong together.
            counts = after;
            used = used();
            after = counts();
        }
        long freed = 0;
        for (Map.Entry<Collector, Long> entry : counts.entrySet()) {
            freed += entry.getKey().freedUntil(entry.getValue());
        }
        return used + freed;
    }

    @Override
    public void close() throws ListenerNotFoundException {
        for (Collector collector : collectors) {
            collector.close();
        }
    }

    private Map<Collector, Long> counts() {
        return collectors.stream()
                .collect(Collectors.toMap(collector -> collector, Collector::count, Long::sum, HashMap::new));
    }

    private static long used() {
        return POOLS.stream().mapToLong(pool -> pool.getUsage().getUsed()).sum();
    }

    /** What one of the JVM's collectors freed, by the number of the collection. */
    private static final class Collector implements NotificationListener {
        private final GarbageCollectorMXBean bean;
        private final ConcurrentSkipListMap<Long, Long> freed = new ConcurrentSkipListMap<>();
        private final long first;

        Collector(GarbageCollectorMXBean bean) {
            this.bean = bean;
            this.first = bean.getCollectionCount();
            ((NotificationEmitter) bean).addNotificationListener(this, null, null);
        }

        long count() {
            return bean.getCollectionCount();
        }

        /** Notifications come later than what they tell of, from a thread of the JVM's. */
        long freedUntil(long last) throws InterruptedException {
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (freed.headMap(last, true).size() < last - first) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("the JVM did not tell of all collections");
                }
                TimeUnit.MILLISECONDS.sleep(1);
            }
            return freed.headMap(last, true).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }

        @Override
        public void handleNotification(Notification notification, Object handback) {
            if (notification.getType().equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
                GcInfo info = GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData())
                        .getGcInfo();
                freed.put(info.getId(), used(info.getMemoryUsageBeforeGc()) - used(info.getMemoryUsageAfterGc()));
            }
        }

        private static long used(Map<String, MemoryUsage> usages) {
            return POOLS.stream()
                    .mapToLong(pool ->
                            Objects.requireNonNull(usages.get(pool.getName())).getUsed())
                    .sum();
        }

        void close() throws ListenerNotFoundException {
            ((NotificationEmitter) bean).removeNotificationListener(this);
        }
    }
}
