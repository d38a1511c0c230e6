package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompareTest {
    @Test
    void measures_a_million_events_in_three_rounds_unless_told_otherwise() {
        Options options = Options.parse();

        assertThat(options.events()).isEqualTo(1_000_000);
        assertThat(options.warmup()).isEqualTo(300_000);
        assertThat(options.rounds()).isEqualTo(3);
        assertThat(options.jvm()).containsExactly("-Xms64m", "-Xmx64m");
        assertThat(options.contestants()).isEqualTo(Contestants.ALL);
    }

    @Test
    void takes_every_option() {
        Options options = Options.parse(
                "--events",
                "7",
                "--warmup",
                "5",
                "--rounds",
                "2",
                "--only",
                "plain-loop",
                "--only",
                "sluice-map",
                "--jvm",
                "-Xmx1g -XX:+UseParallelGC");

        assertThat(options)
                .isEqualTo(new Options(
                        7, 5, 2, List.of("plain-loop", "sluice-map"), List.of("-Xmx1g", "-XX:+UseParallelGC")));
        assertThat(options.contestants().stream().map(Contestants.Entry::name))
                .containsExactly("sluice-map", "plain-loop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--events 0", "--rounds x", "--only nobody", "--events", "--else 1"})
    void refuses_what_it_does_not_know(String args) {
        assertThatThrownBy(() -> Options.parse(args.split(" "))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void runs_a_contestant_in_a_jvm_of_its_own_and_prints_it() throws Exception {
        String table = Compare.run(
                Options.parse("--events", "10000", "--warmup", "5000", "--rounds", "1", "--only", "influx-lines-5000"));

        assertThat(table.lines().skip(2))
                .singleElement()
                .asString()
                .matches("\\| influx-lines-5000 \\| ready \\|.*\\| 1\\.00 \\| 1\\.00 \\|");
    }
}
