package dev.sluice.benchmarks.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplesTest {
    private final Samples samples = new Samples();

    @Test
    void takes_the_value_in_the_middle() {
        assertThat(Samples.median(List.of(5.0, 1.0, 2.0))).isEqualTo(2.0);
        assertThat(Samples.median(List.of(1.0, 2.0))).isEqualTo(1.5);
    }

    @Test
    void knows_least_most_and_what_95_of_100_stay_within() {
        IntStream.rangeClosed(1, 40).map(i -> 41 - i).forEach(samples::add);

        assertThat(samples.least()).isEqualTo(1);
        assertThat(samples.most()).isEqualTo(40);
        assertThat(samples.p95()).isEqualTo(38);
        assertThat(samples.median()).isEqualTo(20.5);
    }

    @Test
    void says_so_when_nothing_was_measured() {
        assertThatThrownBy(samples::median).isInstanceOf(IllegalStateException.class);
    }
}
