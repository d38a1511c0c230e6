package dev.sluice.benchmarks.sync;

import java.util.List;
import java.util.Optional;

/**
 * What one part has to say.
 *
 * @param title its heading
 * @param text Markdown
 * @param aims those it was for
 * @param bars for the plot
 */
record Section(String title, String text, List<Aim> aims, Optional<Plot.Group> bars) {
    Section {
        aims = List.copyOf(aims);
    }

    Section(String title, String text, List<Aim> aims) {
        this(title, text, aims, Optional.empty());
    }
}
