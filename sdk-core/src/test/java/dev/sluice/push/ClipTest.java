package dev.sluice.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ClipTest {
    @Test
    void leaves_what_is_short_enough() {
        assertThat(Clip.clip("")).isEmpty();
        assertThat(Clip.clip("x".repeat(200))).hasSize(200);
    }

    @Test
    void cuts_at_200_bytes_and_never_within_a_character() {
        assertThat(Clip.clip("x".repeat(201))).isEqualTo("x".repeat(200));
        for (String character : new String[] {"é", "€", "\uD83D\uDE00"}) {
            for (int shift = 0; shift < 4; shift++) {
                String whole = "x".repeat(shift) + character.repeat(200);
                String clipped = Clip.clip(whole);
                int bytes = clipped.getBytes(StandardCharsets.UTF_8).length;
                assertThat(whole).startsWith(clipped);
                assertThat(clipped).doesNotContain("\uFFFD");
                assertThat(bytes).isBetween(197, 200);
            }
        }
    }
}
