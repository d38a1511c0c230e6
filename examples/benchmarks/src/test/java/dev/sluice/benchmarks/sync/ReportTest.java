package dev.sluice.benchmarks.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.benchmarks.measure.Samples;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class ReportTest {
    private static final Plot.Group BARS = new Plot.Group(
            "Time, COPY < 2 & more",
            List.of(
                    new Plot.Bar("copy", 1, false),
                    new Plot.Bar("sync-5000", 2, true),
                    new Plot.Bar("script", 30, false)));

    @Test
    void names_every_aim_before_the_parts() {
        Section first = new Section("First", "one\n", List.of(Aim.atMost("speed", 1.25, 1.5, " times")));
        Section second = new Section("Second", "two", List.of(Aim.notRun("start", "at most 1 s", "no jar")));

        assertThat(Report.markdown("conditions\n", List.of(first, second), Optional.of("sync.svg")))
                .isEqualTo("""
                # Sync benchmark

                conditions

                ## Aims

                | | asked | measured | |
                |---|---|---|---|
                | speed | at most 1.25 times | 1.5 times | **missed** |
                | start | at most 1 s | no jar | not run |

                ![Time as a multiple of the plain read](sync.svg)

                ## First

                one

                ## Second

                two
                """);
    }

    @Test
    void judges_by_the_number_and_not_by_how_it_is_rounded() {
        assertThat(Aim.atMost("x", 1.25, 1.25, "").verdict()).isEqualTo("met");
        assertThat(Aim.atMost("x", 1.25, 1.2501, "").verdict()).isEqualTo("**missed**");
        assertThat(Aim.atLeast("x", 20, 20, "").verdict()).isEqualTo("met");
        assertThat(Aim.atLeast("x", 20, 19.999, "").verdict()).isEqualTo("**missed**");
    }

    @Test
    void holds_changes_for_proportional_when_a_row_costs_the_same_among_few_and_many() {
        assertThat(verdictOnChanges(15, 60)).isEqualTo("met");
        assertThat(verdictOnChanges(55, 60)).isEqualTo("**missed**");
    }

    @Test
    void draws_bars_as_long_as_their_ratios_and_cuts_what_is_far_longer() throws Exception {
        Document svg = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(Plot.svg(List.of(BARS)).getBytes(StandardCharsets.UTF_8)));

        List<Double> widths = widths(svg.getElementsByTagName("rect"));
        assertThat(widths.get(2)).isEqualTo(2 * widths.get(1));
        assertThat(widths.get(3)).isEqualTo(6 * widths.get(1));
        assertThat(svg.getDocumentElement().getTextContent()).contains("COPY < 2 & more", "2.00", "30.00 (cut)");
    }

    @Test
    void has_no_plot_when_no_part_has_bars() {
        assertThat(Report.svg(List.of(new Section("First", "one", List.of())))).isEmpty();
    }

    @Test
    void reads_the_peak_of_memory_from_what_the_system_says() {
        assertThat(PeakMemory.of(Stream.of("VmPeak:\t 9 kB", "VmHWM:\t  2000 kB", "VmRSS:\t 7 kB")))
                .isEqualTo(2_048_000);
        assertThat(PeakMemory.of(Stream.of("nothing"))).isZero();
    }

    /** Nothing changed takes 10 ms; what is behind it is a hundredth and a tenth of 1,000 rows. */
    private static String verdictOnChanges(double few, double many) {
        Map<Long, Samples> passes = Map.of(0L, samples(10), 10L, samples(few), 100L, samples(many));
        return Changes.aims("PostgreSQL", 1_000, passes).get(1).verdict();
    }

    private static Samples samples(double value) {
        Samples samples = new Samples();
        samples.add(value);
        return samples;
    }

    private static List<Double> widths(NodeList rectangles) {
        return Stream.iterate(0, i -> i < rectangles.getLength(), i -> i + 1)
                .map(i -> Double.parseDouble(((Element) rectangles.item(i)).getAttribute("width")))
                .toList();
    }
}
