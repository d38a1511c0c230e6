package dev.sluice.push;

import static dev.sluice.push.PushWorld.CRM;
import static dev.sluice.push.PushWorld.insert;
import static dev.sluice.push.PushWorld.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.row.ChangeType;
import dev.sluice.row.ChangedRow;
import dev.sluice.row.Row;
import dev.sluice.spool.PushQueue;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs over a file that is closed and opened in between. */
@Timeout(60)
class DurablePushTest {
    @TempDir
    Path directory;

    private final List<PushBatch> pushed = new ArrayList<>();

    private PushQueue open() {
        return PushQueue.sqlite(directory.resolve("push.db"));
    }

    private Map<String, RowOutcome> accept(PushBatch batch) {
        pushed.add(batch);
        return batch.all(RowOutcome.ok());
    }

    private PushReport run(PushFunction function) {
        try (PushQueue queue = open()) {
            return PushRunner.builder(queue, CRM, function).build().run();
        }
    }

    @Test
    void delivers_after_a_restart_what_failed_before() {
        try (PushQueue queue = open()) {
            queue.put(CRM, List.of(insert(1), insert(2)), 1);
        }
        PushFunction picky = PushFunction.sync(batch -> {
            Map<String, RowOutcome> outcomes = accept(batch);
            outcomes.put("2:insert", RowOutcome.error("busy"));
            return outcomes;
        });
        assertThat(run(picky).failed()).isEqualTo(1);
        assertThat(run(PushFunction.sync(this::accept)).delivered()).isEqualTo(1);
        assertThat(pushed.get(1).rows()).extracting(one -> one.key()).containsExactly("2:insert");
        assertThat(run(PushFunction.sync(this::accept)).batches()).isZero();
    }

    @Test
    void pushes_the_images_that_were_put_and_not_what_the_row_is_now() {
        try (PushQueue queue = open()) {
            queue.put(
                    CRM,
                    List.of(
                            price(ChangeType.UPDATE_PREIMAGE, 100),
                            price(ChangeType.UPDATE_POSTIMAGE, 200),
                            row(9, ChangeType.DELETE)));
        }
        run(PushFunction.sync(batch -> {
            throw new IOException("down");
        }));
        try (PushQueue queue = open()) {
            queue.put(CRM, List.of(price(ChangeType.UPDATE_POSTIMAGE, 300)));
        }
        assertThat(run(PushFunction.sync(this::accept)).delivered()).isEqualTo(4);
        assertThat(pushed.stream()
                        .flatMap(batch -> batch.rows().stream())
                        .filter(one -> one.rowId() == 1)
                        .map(one -> one.fields().get("price")))
                .containsExactly(100, 200, 300);
    }

    private static ChangedRow price(ChangeType change, int price) {
        return new ChangedRow(1, change, Row.json("{\"price\":" + price + "}"));
    }

    @Test
    void waits_on_for_a_job_after_a_restart_without_pushing_again() {
        try (PushQueue queue = open()) {
            queue.put(CRM, List.of(insert(1)));
        }
        PushFunction hanging = PushFunction.async(
                batch -> {
                    pushed.add(batch);
                    return "job 1";
                },
                job -> {
                    throw new IOException("down");
                });
        assertThat(run(hanging).failed()).isEqualTo(1);
        List<String> polled = new ArrayList<>();
        PushFunction done = PushFunction.async(
                batch -> {
                    throw new AssertionError("pushed again");
                },
                job -> {
                    polled.add(job);
                    return JobStatus.done(pushed.get(0).all(RowOutcome.ok()));
                });
        assertThat(run(done).delivered()).isEqualTo(1);
        assertThat(polled).containsExactly("job 1");
        assertThat(run(done).batches()).isZero();
    }

    @Test
    void tells_of_an_event_that_is_damaged_and_pushes_nothing_past_it() throws Exception {
        try (PushQueue queue = open()) {
            queue.put(CRM, List.of(insert(1), insert(2)));
        }
        try (Connection shell = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("push.db"));
                Statement sql = shell.createStatement()) {
            sql.execute("UPDATE event SET row = '{}' WHERE row_id = 1");
        }
        PushReport report = run(PushFunction.sync(this::accept));
        assertThat(report.failure()).hasMessageContaining("event 1 of target crm");
        assertThat(report.blocked()).isEqualTo(2);
        assertThat(pushed).isEmpty();
    }
}
