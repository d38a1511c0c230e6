package dev.sluice.benchmarks.sync;

import java.util.List;
import java.util.Locale;

/** Bars from left to right, as SVG; what is far longer than the rest is cut, and its number tells. */
final class Plot {
    private static final int WIDTH = 800;
    private static final int LABELS = 150;
    private static final int NUMBERS = 110;
    private static final int LINE = 22;
    private static final int HEADING = 42;
    private static final int BOTTOM = 16;
    private static final String OURS = "#1f6feb";
    private static final String OTHERS = "#9aa4af";

    /** Bars that are longer say nothing but that they are. */
    private static final double LONGEST = 6;

    /**
     * A bar.
     *
     * @param ratio how many times as long as the group's base
     */
    record Bar(String label, double ratio, boolean ours) {}

    /** Bars under a heading. */
    record Group(String title, List<Bar> bars) {
        Group {
            bars = List.copyOf(bars);
        }

        int height() {
            return HEADING + LINE * bars.size();
        }
    }

    private Plot() {}

    static String svg(List<Group> groups) {
        int height = groups.stream().mapToInt(Group::height).sum() + BOTTOM;
        double longest = groups.stream()
                .flatMap(group -> group.bars().stream())
                .mapToDouble(bar -> Math.min(bar.ratio(), LONGEST))
                .max()
                .orElse(1);
        double unit = (WIDTH - LABELS - NUMBERS) / Math.max(1, longest);
        StringBuilder svg =
                new StringBuilder(String.format(Locale.ROOT, """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">
                <rect width="%d" height="%d" fill="white"/>
                """, WIDTH, height, WIDTH, height, WIDTH, height));
        int top = 0;
        for (Group group : groups) {
            add(svg, group, top, unit);
            top += group.height();
        }
        return svg.append("</svg>\n").toString();
    }

    private static void add(StringBuilder svg, Group group, int top, double unit) {
        text(svg, 12, top + 28, "start", "font-weight=\"bold\"", group.title());
        int y = top + HEADING;
        for (Bar bar : group.bars()) {
            double width = Math.min(bar.ratio(), LONGEST) * unit;
            rectangle(svg, y, width, bar.ours() ? OURS : OTHERS);
            text(svg, LABELS - 8, y + 14, "end", "fill=\"#24292f\"", bar.label());
            String number = String.format(Locale.ROOT, "%.2f%s", bar.ratio(), bar.ratio() > LONGEST ? " (cut)" : "");
            text(svg, LABELS + Math.max(width, unit) + 6, y + 14, "start", "fill=\"#24292f\"", number);
            y += LINE;
        }
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#cf222e\" stroke-dasharray=\"4 3\"/>%n",
                LABELS + unit,
                top + HEADING - 4,
                LABELS + unit,
                y));
    }

    private static void rectangle(StringBuilder svg, int y, double width, String fill) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>%n",
                LABELS,
                y,
                width,
                LINE - 5,
                fill));
    }

    private static void text(StringBuilder svg, double x, int y, String anchor, String style, String words) {
        String safe = words.replace("&", "&amp;").replace("<", "&lt;");
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\" %s>%s</text>%n", x, y, anchor, style, safe));
    }
}
