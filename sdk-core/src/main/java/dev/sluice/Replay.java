package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.DamagedLetterException;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.DeadLetterStore.Entry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sends dead letters again.
 *
 * <p>A letter leaves its store when each of its rows is written, or is in a new letter that the client's hook has kept.
 * The client therefore needs a hook that is durable, which may well be the same store; without one a letter with refused
 * rows fails, and stays. A crash at any moment leaves the letter where it is, so that its rows may be sent again, and
 * never gone.
 *
 * <p>A replayed batch has an id of its own, which follows from the letter's batch id and its rows. It is another one than
 * the letter's, for a receiver that has seen that id once would take the replay for a repetition and write nothing. And
 * it is the same each time the same letter is replayed: if a replay is cut off and run again, a receiver that honours
 * ids takes its rows once. So a letter that is put into the store again on purpose, as from a copy, and replayed a second
 * time is a repetition to such a receiver, which writes nothing: mend a row, or push the rows as new ones. Rows that were
 * mended in the store meanwhile are other rows, and have another id.
 *
 * <p>What is sent as it is:
 *
 * <ul>
 *   <li>letters for an append; of those the ones whose rows may be written already, {@code PARTIAL} and {@code UNKNOWN},
 *       only with {@link #acceptDuplicates}: the new id keeps every receiver from telling, so that rows may come twice
 *   <li>letters for a merge with {@link #force} only, for newer rows of the same keys may have been written since, and
 *       would be replaced by older ones; {@link #currentRows} sends what the rows have become instead
 *   <li>never a letter with a row that the client would refuse, such as one without the key of its merge: mend it first
 * </ul>
 *
 * <p>Not safe for use by several threads; replaying the same letter twice at once may write it twice.
 */
public final class Replay {
    /** Knows what the rows of letters for a merge have become since. */
    @FunctionalInterface
    public interface CurrentRows {
        /**
         * The rows as they are now, in the place of a letter's; empty if the letter's table is none it knows of. What it
         * throws makes the replay of this letter fail.
         */
        Optional<Current> of(DeadLetter letter);
    }

    /**
     * The current rows in the place of a letter's.
     *
     * @param batch the rows, under an id that is the same for the same rows; null if there are none
     * @param gone how many of the letter's rows exist no more; the letter then stays, for nobody can tell whether they
     *     are wanted
     */
    public record Current(@Nullable Batch batch, int gone) {}

    private final StreamClient client;
    private final DeadLetterStore store;
    private final Set<String> names = new LinkedHashSet<>();
    private final Set<String> tables = new HashSet<>();
    private final Set<DeadLetter.Reason> reasons = new HashSet<>();
    private CurrentRows currentRows = letter -> Optional.empty();
    private boolean acceptDuplicates;
    private boolean force;

    private Replay(StreamClient client, DeadLetterStore store) {
        this.client = client;
        this.store = store;
    }

    /** A replay of all letters, unless it is told which. */
    public static Replay of(StreamClient client, DeadLetterStore store) {
        return new Replay(client, store);
    }

    /** Only letters of these names, as the store lists them, and of those named before. */
    public Replay names(String... names) {
        this.names.addAll(List.of(names));
        return this;
    }

    /** Only letters for this table of the lake, and for those named before. */
    public Replay table(String table) {
        tables.add(table);
        return this;
    }

    /** Only letters that are dead for this reason, and for those named before. */
    public Replay reason(DeadLetter.Reason reason) {
        reasons.add(reason);
        return this;
    }

    /** Sends letters for an append whose rows may be written already; they then come twice. */
    public Replay acceptDuplicates() {
        this.acceptDuplicates = true;
        return this;
    }

    /** Sends letters for a merge as they are, even where that puts older rows over newer ones. */
    public Replay force() {
        this.force = true;
        return this;
    }

    /** Who is asked first for the current rows of letters for a merge; nobody unless set. */
    public Replay currentRows(CurrentRows source) {
        this.currentRows = source;
        return this;
    }

    /**
     * Sends the letters, one after the other in the order of the store, and blocks until the last is settled or given
     * up. A letter that fails does not keep the next ones from being sent, unless they would fail for the same reason:
     * the client is closed or has no room, the key is refused, the API cannot be reached, the thread is interrupted.
     *
     * @throws NoSuchElementException if there is no letter of a name that was given; nothing was sent
     */
    public ReplayReport run() {
        List<Entry> all;
        List<String> damaged = List.of();
        try {
            all = store.list();
        } catch (DamagedLetterException e) {
            all = e.readable();
            damaged = e.damaged();
        }
        checkNames(all, damaged);
        Resend resend = new Resend(client, store, currentRows, acceptDuplicates, force);
        List<ReplayReport.Letter> outcomes = new ArrayList<>();
        all.stream().filter(this::isChosen).forEach(entry -> outcomes.add(resend.of(entry)));
        return new ReplayReport(outcomes, damaged.stream().filter(this::isNamed).toList(), resend.stopped());
    }

    private void checkNames(List<Entry> all, List<String> damaged) {
        Set<String> missing = new LinkedHashSet<>(names);
        all.forEach(entry -> missing.remove(entry.name()));
        damaged.forEach(missing::remove);
        if (!missing.isEmpty()) {
            throw new NoSuchElementException("there is no dead letter " + String.join(", ", missing)
                    + "; nothing was sent: list the letters to see their names");
        }
    }

    private boolean isChosen(Entry entry) {
        return isNamed(entry.name())
                && (tables.isEmpty() || tables.contains(entry.destination().table()))
                && (reasons.isEmpty() || reasons.contains(entry.reason()));
    }

    private boolean isNamed(String name) {
        return names.isEmpty() || names.contains(name);
    }
}
