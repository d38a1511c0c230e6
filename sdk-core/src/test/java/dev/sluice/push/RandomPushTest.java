package dev.sluice.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.row.ChangeType;
import dev.sluice.row.ChangedRow;
import dev.sluice.row.Row;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Random rows and a receiver that fails at random: the account always holds, and every row's order. */
@Timeout(120)
class RandomPushTest {
    private final PushWorld world = new PushWorld();
    private final Map<Long, List<String>> put = new HashMap<>();
    private final Map<Long, List<String>> settled = new HashMap<>();
    private final Random random = new Random(42);
    private boolean kind;
    private int count;

    @Test
    void accounts_for_every_row_and_keeps_every_order_whatever_the_receiver_says() {
        for (int run = 0; run < 300; run++) {
            putSome();
            long before = world.waiting().size();
            PushReport report = run();
            long after = world.waiting().size();
            assertThat(report.delivered() + report.rejected()).isEqualTo(before - after);
            assertThat(report.failed() + report.blocked()).isEqualTo(after);
            assertThat(report.isClean()).isEqualTo(after == 0 && report.rejected() == 0);
        }
        kind = true;
        run();
        assertThat(world.waiting()).isEmpty();
        assertThat(settled).isEqualTo(put);
    }

    private PushReport run() {
        return world.runner(PushFunction.sync(this::receive))
                .batchSize(1 + random.nextInt(6))
                .maxConcurrency(1 + random.nextInt(3))
                .build()
                .run();
    }

    private void putSome() {
        for (int i = random.nextInt(6); i > 0; i--) {
            long id = random.nextInt(5);
            String name = "e" + count++;
            world.put(new ChangedRow(id, ChangeType.values()[random.nextInt(4)], Row.json("{\"n\":\"" + name + "\"}")));
            put.computeIfAbsent(id, any -> new ArrayList<>()).add(name);
        }
    }

    private synchronized Map<String, RowOutcome> receive(PushBatch batch) throws IOException {
        int mood = kind ? 9 : random.nextInt(10);
        if (mood == 0) {
            throw new IOException("down");
        }
        if (mood == 1) {
            return Collections.emptyMap();
        }
        Map<String, RowOutcome> outcomes = new HashMap<>();
        Set<Long> preimages = new HashSet<>();
        for (ChangedRow row : batch.rows()) {
            // The images of one update are one change: they go or stay together here, so that their order can be told.
            boolean image = preimages.contains(row.rowId());
            RowOutcome outcome = image ? outcomes.get(row.rowId() + ":update_preimage") : outcome();
            outcomes.put(row.key(), outcome);
            if (!preimages.add(row.rowId())) {
                assertThat(row.change()).isEqualTo(ChangeType.UPDATE_POSTIMAGE);
            }
            if (!(outcome instanceof RowOutcome.Failed)) {
                settled.computeIfAbsent(row.rowId(), any -> new ArrayList<>())
                        .add(row.fields().get("n").toString());
            }
        }
        return outcomes;
    }

    private RowOutcome outcome() {
        return switch (kind ? 9 : random.nextInt(10)) {
            case 0, 1, 2 -> RowOutcome.error("busy");
            case 3 -> RowOutcome.reject("never");
            case 4 -> RowOutcome.warn("odd");
            default -> RowOutcome.ok();
        };
    }
}
