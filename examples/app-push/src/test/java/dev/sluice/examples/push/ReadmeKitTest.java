package dev.sluice.examples.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.StreamClient;
import dev.sluice.testkit.FakeStreamApi;
import dev.sluice.testkit.Fault;
import dev.sluice.testkit.StreamApiExtension;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The test that the README shows. */
@ExtendWith(StreamApiExtension.class)
final class ReadmeKitTest {
    // snippet test
    @Test
    void lands_a_row_once_when_the_answer_is_lost(FakeStreamApi api, StreamClient client) {
        api.next(Fault.landedThenReset());
        client.push("bronze.events", List.of(Map.of("id", 1)));
        assertThat(api.rows("bronze.events")).hasSize(1);
    }
    // end
}
