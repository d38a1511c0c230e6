package dev.sluice;

import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetters;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Keeps letters in memory, or fails when told to. */
final class RecordingDeadLetters implements DeadLetters {
    private final List<DeadLetter> letters = new ArrayList<>();
    private int failures;

    /** Makes the next {@code times} letters fail. */
    RecordingDeadLetters failing(int times) {
        failures = times;
        return this;
    }

    @Override
    public void keep(DeadLetter letter) {
        if (failures > 0) {
            failures--;
            throw new IllegalStateException("disk full");
        }
        letters.add(letter);
    }

    List<DeadLetter> letters() {
        return letters;
    }

    DeadLetter only() {
        if (letters.size() != 1) {
            throw new AssertionError("expected one letter, found " + letters.size());
        }
        return letters.get(0);
    }

    List<DeadLetter.Reason> reasons() {
        return letters.stream().map(DeadLetter::reason).toList();
    }

    List<String> rows() {
        return letters.stream()
                .flatMap(letter -> IntStream.range(0, letter.batch().rows())
                        .mapToObj(row -> new String(letter.batch().row(row), StandardCharsets.UTF_8)))
                .toList();
    }
}
