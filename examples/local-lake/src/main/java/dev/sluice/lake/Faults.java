package dev.sluice.lake;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Gathers what is wrong with the rows of one request. */
final class Faults {
    /** Enough to see the pattern; an answer with 50,000 messages would help nobody. */
    private static final int SHOWN = 20;

    private final List<String> messages = new ArrayList<>();
    private int count;

    void add(String message) {
        count++;
        if (messages.size() < SHOWN) {
            messages.add(message);
        }
    }

    void addField(int row, String field, String what) {
        add(String.format(Locale.ROOT, "row %d, field \"%s\": %s", row, field, what));
    }

    /** Throws when anything was added; {@code rows} is how many rows fall with the request. */
    void check(int rows) {
        if (count == 0) {
            return;
        }
        List<String> errors = new ArrayList<>(messages);
        if (count > messages.size()) {
            errors.add("and " + (count - messages.size()) + " more");
        }
        throw Refusal.ofRows(
                rows, "none of the " + rows + " rows was written: " + messages.get(0) + " (rows count from 0)", errors);
    }
}
