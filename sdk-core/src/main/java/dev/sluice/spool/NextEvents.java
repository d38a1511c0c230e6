package dev.sluice.spool;

import dev.sluice.row.ChangeType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Picks the events of the next batch, offered in their order: none passes an earlier one of its row that stays behind. */
final class NextEvents {
    private record Key(long rowId, ChangeType change) {}

    private final int atMost;
    private final Set<Long> except;
    private final Set<Long> heldRows;
    private final Set<Key> keys = new HashSet<>();
    private final List<Long> picked = new ArrayList<>();

    /**
     * @param claimedRows the row ids that have events in other batches
     * @param except sequences that stay behind
     */
    NextEvents(int atMost, Set<Long> claimedRows, Set<Long> except) {
        if (atMost < 1) {
            throw new IllegalArgumentException("a batch has at least 1 event, found " + atMost);
        }
        this.atMost = atMost;
        this.except = except;
        this.heldRows = new HashSet<>(claimedRows);
    }

    void offer(long sequence, long rowId, ChangeType change) {
        // Two events of one key would share one status: the later one waits for the next batch.
        boolean stays = heldRows.contains(rowId) || except.contains(sequence) || !keys.add(new Key(rowId, change));
        if (stays) {
            heldRows.add(rowId);
        } else {
            picked.add(sequence);
        }
    }

    boolean isFull() {
        return picked.size() == atMost;
    }

    List<Long> sequences() {
        return picked;
    }
}
