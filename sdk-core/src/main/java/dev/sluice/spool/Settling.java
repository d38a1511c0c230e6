package dev.sluice.spool;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Checks what is to be settled. */
final class Settling {
    private Settling() {}

    static Set<Long> check(PushQueue.Claim claim, Collection<Long> failed) {
        Set<Long> unknown = new HashSet<>(failed);
        claim.events().forEach(event -> unknown.remove(event.sequence()));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("batch " + claim.batch() + " of " + claim.target() + " has no event "
                    + unknown.iterator().next() + ": settle a batch by the sequences of its own events");
        }
        return new HashSet<>(failed);
    }
}
