package dev.sluice.push;

import static dev.sluice.push.PushWorld.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.row.ChangeType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FinalizerTest {
    private final PushWorld world = new PushWorld();
    private final List<String> calls = new ArrayList<>();

    private PushReport run() {
        PushFunction function =
                world.receiver().finalizer((succeeded, failed) -> calls.add(succeeded + " and " + failed));
        return world.runner(function).batchSize(2).build().run();
    }

    @Test
    void is_called_once_after_all_batches_of_a_run_without_failures() {
        world.inserts(5);
        world.statuses.put("1:insert", "warn: x");
        assertThat(run().finalized()).isTrue();
        assertThat(calls).containsExactly("5 and 0");
    }

    @Test
    void is_not_called_when_nothing_was_delivered() {
        assertThat(run().finalized()).isFalse();
        assertThat(calls).isEmpty();
    }

    @Test
    void is_not_called_when_a_row_failed() {
        world.inserts(5);
        world.statuses.put("1:insert", "error: x");
        assertThat(run().finalized()).isFalse();
        world.statuses.clear();
        assertThat(run().finalized()).isTrue();
        assertThat(calls).containsExactly("1 and 0");
    }

    @Test
    void is_not_called_when_a_row_was_rejected() {
        world.inserts(2);
        world.statuses.put("1:insert", "reject: x");
        assertThat(run().finalized()).isFalse();
        assertThat(calls).isEmpty();
    }

    @Test
    void is_not_called_when_a_row_is_blocked() {
        world.inserts(2);
        world.queue.claim(PushWorld.CRM, Long.MAX_VALUE, 1, Set.of());
        world.put(row(1, ChangeType.DELETE));
        assertThat(run().blocked()).isEqualTo(2);
        assertThat(calls).isEmpty();
    }

    @Test
    void is_not_called_when_the_queue_failed() {
        world.inserts(4);
        world.queue.settlementsToFail.set(1);
        run();
        assertThat(calls).isEmpty();
    }

    @Test
    void is_not_called_when_the_run_was_interrupted() {
        world.inserts(2);
        PushFunction function = PushFunction.syncText(batch -> {
                    Thread.currentThread().interrupt();
                    return world.answer(batch);
                })
                .finalizer((succeeded, failed) -> calls.add("called"));
        PushReport report = world.runner(function).build().run();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(report.delivered()).isEqualTo(2);
        assertThat(report.interrupted()).isTrue();
        assertThat(calls).isEmpty();
    }

    @Test
    void leaves_rows_delivered_when_it_throws_and_is_not_called_again() {
        world.inserts(1);
        PushFunction function = world.receiver().finalizer((succeeded, failed) -> {
            throw new IllegalStateException("webhook down");
        });
        PushReport report = world.runner(function).build().run();
        assertThat(report.delivered()).isEqualTo(1);
        assertThat(report.finalized()).isFalse();
        assertThat(report.isClean()).isFalse();
        assertThat(report.problems()).singleElement().asString().contains("finalizer failed", "webhook down");
        assertThat(world.waiting()).isEmpty();
        assertThat(run().batches()).isZero();
    }

    @Test
    void need_not_be_there() {
        world.inserts(1);
        PushReport report = world.run();
        assertThat(report.isClean()).isTrue();
        assertThat(report.finalized()).isFalse();
    }

    @Test
    void is_kept_in_every_mode() {
        world.inserts(1);
        PushFunction.Finalizer finalizer = (succeeded, failed) -> calls.add("called");
        world.runner(PushFunction.atomic(batch -> {}).finalizer(finalizer))
                .build()
                .run();
        world.inserts(1);
        PushFunction async = PushFunction.async(
                        batch -> "job", job -> JobStatus.done(Map.of("1:insert", RowOutcome.ok())))
                .finalizer(finalizer);
        world.runner(async).build().run();
        assertThat(calls).containsExactly("called", "called");
    }
}
