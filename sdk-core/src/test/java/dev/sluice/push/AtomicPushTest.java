package dev.sluice.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AtomicPushTest {
    private final PushWorld world = new PushWorld();

    @Test
    void delivers_all_rows_when_the_function_returns() {
        world.inserts(3);
        PushReport report = world.runner(PushFunction.atomic(world::answer))
                .batchSize(2)
                .build()
                .run();
        assertThat(report.delivered()).isEqualTo(3);
        assertThat(report.isClean()).isTrue();
        assertThat(world.waiting()).isEmpty();
    }

    @Test
    void delivers_no_row_when_the_function_throws() {
        world.inserts(3);
        PushFunction function = PushFunction.atomic(batch -> {
            throw new IOException("HTTP 500");
        });
        PushReport report = world.runner(function).build().run();
        assertThat(report.failed()).isEqualTo(3);
        assertThat(report.problems()).singleElement().asString().contains("3 failed", "HTTP 500");
        assertThat(world.waiting()).hasSize(3);
    }
}
