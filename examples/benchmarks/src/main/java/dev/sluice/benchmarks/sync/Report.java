package dev.sluice.benchmarks.sync;

import java.util.List;
import java.util.Optional;

/** The whole report as Markdown, and its plot. */
final class Report {
    private Report() {}

    /**
     * The text.
     *
     * @param conditions under which it was measured, as lines of Markdown
     * @param plot the file with the plot, beside the report; empty if there is nothing to plot
     */
    static String markdown(String conditions, List<Section> sections, Optional<String> plot) {
        StringBuilder text = new StringBuilder("# Sync benchmark\n\n" + conditions + "\n## Aims\n\n");
        text.append("| | asked | measured | |\n|---|---|---|---|\n");
        for (Section section : sections) {
            section.aims().forEach(aim -> text.append(line(aim)));
        }
        plot.ifPresent(file -> text.append("\n![Time as a multiple of the plain read](")
                .append(file)
                .append(")\n"));
        for (Section section : sections) {
            text.append("\n## ")
                    .append(section.title())
                    .append("\n\n")
                    .append(section.text().stripTrailing())
                    .append('\n');
        }
        return text.toString();
    }

    /** The plot; empty if no section has bars. */
    static Optional<String> svg(List<Section> sections) {
        List<Plot.Group> groups =
                sections.stream().flatMap(section -> section.bars().stream()).toList();
        return groups.isEmpty() ? Optional.empty() : Optional.of(Plot.svg(groups));
    }

    private static String line(Aim aim) {
        return "| " + aim.what() + " | " + aim.asked() + " | " + aim.measured() + " | " + aim.verdict() + " |\n";
    }
}
