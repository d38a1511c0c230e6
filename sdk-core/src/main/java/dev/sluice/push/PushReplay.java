package dev.sluice.push;

import java.util.List;

/**
 * What became of the letters that {@link PushRunner#replay} was asked to put back.
 *
 * @param replayed letters whose rows are in the queue again, and which left the store
 * @param skipped of each other letter of the target, its name and why it stays; no row values
 */
public record PushReplay(int replayed, List<String> skipped) {
    /** What to do with letters whose rows may have changed since. */
    public enum Stale {
        /** They stay, and are told of. */
        SKIP,
        /** They are pushed all the same, behind everything newer of their rows. */
        REPLAY
    }

    public PushReplay {
        skipped = List.copyOf(skipped);
    }
}
