package dev.sluice.testkit;

import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetters;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Keeps letters in memory, or fails when told to.
 *
 * <p>Safe for use by several threads.
 */
public final class RecordingDeadLetters implements DeadLetters {
    private final List<DeadLetter> letters = new ArrayList<>();
    private int failures;

    /** Holds no letter yet. */
    public RecordingDeadLetters() {}

    /** Makes the next {@code times} letters fail, as a full disk does; their rows stay with the client. */
    public synchronized RecordingDeadLetters failNext(int times) {
        failures = times;
        return this;
    }

    @Override
    public synchronized void keep(DeadLetter letter) {
        if (failures > 0) {
            failures--;
            throw new IllegalStateException("disk full");
        }
        letters.add(letter);
    }

    /** The letters in the order they came. */
    public synchronized List<DeadLetter> letters() {
        return List.copyOf(letters);
    }

    /**
     * The one letter.
     *
     * @throws AssertionError if there is none, or more than one
     */
    public DeadLetter only() {
        List<DeadLetter> all = letters();
        if (all.size() != 1) {
            throw new AssertionError("expected one letter, found " + all.size() + ": " + reasons());
        }
        return all.get(0);
    }

    /** Why each letter came. */
    public List<DeadLetter.Reason> reasons() {
        return letters().stream().map(DeadLetter::reason).toList();
    }

    /** The rows of all letters, each as JSON. */
    public List<String> rows() {
        return letters().stream()
                .flatMap(letter -> IntStream.range(0, letter.batch().rows())
                        .mapToObj(row -> new String(letter.batch().row(row), StandardCharsets.UTF_8)))
                .toList();
    }
}
