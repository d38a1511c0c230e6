package dev.sluice.spool;

import dev.sluice.row.ChangeType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Picks the events of the next batch, offered in their order: none passes an earlier one of its row that stays behind. */
final class NextEvents {
    private final int atMost;
    private final Set<Long> except;
    private final Set<Long> heldRows;
    private final Set<Long> preimages = new HashSet<>();
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

    /** Whether the event was taken. */
    boolean offer(long sequence, long rowId, ChangeType change) {
        return offer(sequence, rowId, change, false);
    }

    /**
     * Whether the event was taken.
     *
     * @param behind whether the row has an earlier event, in this batch or anywhere else
     */
    boolean offer(long sequence, long rowId, ChangeType change, boolean behind) {
        // What became of a change must be known before the next one of its row goes; the images of one update go
        // together.
        boolean image = preimages.remove(rowId) && change == ChangeType.UPDATE_POSTIMAGE;
        boolean stays = except.contains(sequence) || ((behind || heldRows.contains(rowId)) && !image);
        heldRows.add(rowId);
        if (stays) {
            return false;
        }
        if (change == ChangeType.UPDATE_PREIMAGE) {
            preimages.add(rowId);
        }
        return picked.add(sequence);
    }

    boolean isFull() {
        return picked.size() == atMost;
    }

    List<Long> sequences() {
        return picked;
    }
}
