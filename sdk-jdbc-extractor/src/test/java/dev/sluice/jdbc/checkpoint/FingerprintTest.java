package dev.sluice.jdbc.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class FingerprintTest {
    private static final Fingerprint ONE =
            new Fingerprint("7/app", "updated_at timestamptz", List.of("a int4", "b text"), "append");

    @Test
    void differs_in_nothing_from_an_equal_one() {
        assertThat(ONE.differences(new Fingerprint(ONE.database(), ONE.watermark(), ONE.key(), ONE.mode())))
                .isEmpty();
    }

    @Test
    void tells_each_difference_with_both_values() {
        Fingerprint other = new Fingerprint("8/app", "changed date", List.of("b text", "a int4"), "merge");
        assertThat(ONE.differences(other))
                .containsExactly(
                        "database was 7/app and is 8/app",
                        "watermark was updated_at timestamptz and is changed date",
                        "key was a int4, b text and is b text, a int4",
                        "mode was append and is merge");
    }
}
