package dev.sluice.jdbc.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointJsonTest {
    private static final Cursor HERE = new Cursor("2025-01-01 00:00:00+00", List.of("1", "\"\u00e9\n"));
    private static final Checkpoint FULL = new Checkpoint(
            "a.b",
            "c.d",
            new Fingerprint("db", "at", List.of("id"), "APPEND"),
            1,
            true,
            HERE,
            "2025-01-01T00:00:00Z",
            Long.MAX_VALUE,
            3,
            List.of(new PendingRange(Phase.LOOK_BACK, null, HERE, "7", 5, "batch", 6, "stamp")),
            new Load("h", null, List.of(new Chunk(null, HERE, HERE, false), new Chunk(HERE, null, null, true))),
            List.of(new Mark("t", "v")),
            new Overtaken("from", "to"),
            Map.of("gid", "time"),
            Map.of("key", "stamp"),
            List.of("id", "at"),
            "yesterday");

    @Test
    void reads_what_it_wrote_when_every_field_is_set() throws IOException {
        assertThat(CheckpointJson.read(CheckpointJson.write(FULL))).isEqualTo(FULL);
    }

    @Test
    void reads_what_it_wrote_when_a_table_begins() throws IOException {
        Checkpoint start = Checkpoint.start("a.b", "c.d", null);

        assertThat(CheckpointJson.read(CheckpointJson.write(start))).isEqualTo(start);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"epoch\" : 1|\"epoch\" : \"1\"|the field epoch has an unknown form",
                "\"epoch\" : 1|\"epoch\" : null|the field epoch has an unknown form",
                "\"epoch\" : 1|\"epoch\" : 1.5|it has the number 1.5, which is not whole",
                "\"rows\" : 5|\"rows\" : 5000000000|the field rows has the number 5000000000, which is too large",
                "\"LOOK_BACK\"|\"LATER\"|it has an unknown phase LATER",
                "\"mode\" : \"APPEND\"|\"mode\" : \"APPEND\", \"more\" : 1|it has unknown fields [more]",
                "\"loaded\" : true,|``|it lacks the field loaded",
                "\"version\" : 2|\"version\" : 3|its version is 3, known here are versions 1 and 2"
            })
    void refuses_what_it_does_not_know(String written, String now, String problem) {
        String json = new String(CheckpointJson.write(FULL), StandardCharsets.UTF_8);

        String changed = json.replaceFirst(Pattern.quote(written), now);

        assertThat(changed).isNotEqualTo(json);
        assertThatThrownBy(() -> CheckpointJson.read(changed.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(IOException.class)
                .hasMessage(problem);
    }
}
