package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.benchmarks.measure.Sink;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ContestantsTest {
    static List<String> names() {
        return Contestants.ALL.stream().map(Contestants.Entry::name).toList();
    }

    @ParameterizedTest
    @MethodSource("names")
    void delivers_every_event(String name) throws Exception {
        try (Sink sink = new Sink();
                Contestant contestant = Contestants.named(name).opener().open(sink.url())) {
            contestant.send(20_000);

            assertThat(sink.events()).isEqualTo(20_000);
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void delivers_what_fills_no_batch_and_goes_on(String name) throws Exception {
        try (Sink sink = new Sink();
                Contestant contestant = Contestants.named(name).opener().open(sink.url())) {
            contestant.send(5_001);
            contestant.send(1);

            assertThat(sink.events()).isEqualTo(5_002);
        }
    }

    @Test
    void says_who_there_is_when_a_name_is_unknown() {
        assertThatThrownBy(() -> Contestants.named("nobody"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nobody")
                .hasMessageContaining("plain-loop");
    }
}
