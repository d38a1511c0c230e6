package dev.sluice.jdbc;

import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.PendingRange;
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import dev.sluice.jdbc.source.Known;
import dev.sluice.jdbc.source.Page;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a pass from sending rows again that it only reads again. What it goes by is saved with each page, so what is
 * left out after a crash is what would have been left out before. Safe for use by several threads.
 */
final class Repeats {
    private final Progress progress;
    private final boolean looksBack;
    private final Set<String> touched = ConcurrentHashMap.newKeySet();
    private final AtomicLong homeless = new AtomicLong();

    /** @param looksBack whether later passes read again what this one reads */
    Repeats(Progress progress, boolean looksBack) {
        this.progress = progress;
        this.looksBack = looksBack;
    }

    /** Rows for which there was no room, so that they are sent again when they are read again. */
    long homeless() {
        return homeless.get();
    }

    /** Whether the rows of a range that is sent again are to be remembered. */
    boolean isRecorded(PendingRange range) {
        boolean overtakes = progress.now().overtaken() != null;
        return range.phase() == Phase.LOOK_BACK
                || range.phase() == Phase.FUTURE
                || (range.phase().movesCursor() && (looksBack || overtakes));
    }

    /** What a page leaves out; null if there is nothing, and nothing to be remembered. */
    @Nullable
    Known known(boolean recorded) {
        Recent recent = new Recent(progress.now().recent());
        return recorded || !recent.entries().isEmpty() ? recent::has : null;
    }

    /** What a page's rows make of the checkpoint, to be saved as one with its place. */
    Delivery.Along with(Page page, boolean recorded, Delivery.Along along) {
        if (page.digests().isEmpty()) {
            return along;
        }
        return range -> checkpoint -> {
            Recent before = new Recent(checkpoint.recent());
            Recent after = before.with(page.digests(), recorded, range.phase() == Phase.FUTURE);
            return along.of(range)
                    .apply(checkpoint.change().recent(after.entries()).build());
        };
    }

    /**
     * To be saved when it cannot be told any more what the rows of a range were as they were sent: a row that is what it
     * was before that may have to be sent again.
     */
    static Checkpoint forgotten(Checkpoint checkpoint) {
        return checkpoint.change().recent(Map.of()).build();
    }

    /** Notes what became of a page's rows; to be called when that is saved. */
    void saved(Page page, boolean recorded) {
        Set<String> remembered = progress.now().recent().keySet();
        page.digests().keySet().forEach(key -> {
            if (remembered.contains(key)) {
                touched.add(key);
            } else if (recorded) {
                homeless.incrementAndGet();
            }
        });
    }

    /** To be saved when the pass has read everything. */
    Checkpoint ended(Checkpoint checkpoint, Instant bound, Instant future) {
        Recent rest = new Recent(checkpoint.recent()).ended(touched, bound, future, checkpoint.overtaken() != null);
        return checkpoint.change().recent(rest.entries()).build();
    }
}
