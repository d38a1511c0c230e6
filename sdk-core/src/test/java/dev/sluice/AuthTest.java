package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.BatchPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthTest extends PushTest {
    @Test
    void ends_at_once_when_a_fixed_key_is_refused() {
        keepDeadLetters();
        settings.batches(new BatchPolicy(2, 1_000));
        transport.answer(batch -> Replies.unauthorized(false));
        PushException failure = fails(PushException.Unauthorized.class, 6);
        assertThat(transport.sent()).hasSize(1);
        assertThat(failure.receipt().undelivered()).isEqualTo(6);
        assertThat(letters.letters()).isEmpty();
    }

    @Test
    void delivers_when_the_supplier_brings_another_key_in_time() {
        retries(2, Duration.ofMinutes(2));
        var denied = Replies.unauthorized(true);
        transport.script(denied, denied, denied, denied);
        assertThat(push(2).delivered()).isEqualTo(2);
        assertThat(transport.ids()).hasSize(5).containsOnly(transport.ids().get(0));
    }

    @Test
    void holds_until_the_deadline_when_the_key_stays_refused() {
        keepDeadLetters();
        retries(2, Duration.ofMinutes(2));
        transport.answer(batch -> Replies.unauthorized(true));
        fails(PushException.Unauthorized.class, 2);
        assertThat(transport.sent()).hasSizeGreaterThan(4);
        assertThat(timing.now()).isBefore(ManualTiming.START.plusSeconds(120));
        assertThat(letters.letters()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 301, 404, 405, 410, 415, 501, 505})
    void stops_and_buries_nothing_when_no_request_can_succeed(int status) {
        keepDeadLetters();
        settings.batches(new BatchPolicy(2, 1_000));
        transport.answer(batch -> Replies.refused(status));
        PushException failure = fails(PushException.Stopped.class, 5);
        assertThat(failure).hasMessageContaining("HTTP " + status);
        assertThat(transport.sent()).hasSize(1);
        assertThat(letters.letters()).isEmpty();
    }
}
