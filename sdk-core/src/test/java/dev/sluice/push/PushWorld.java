package dev.sluice.push;

import dev.sluice.row.ChangeType;
import dev.sluice.row.ChangedRow;
import dev.sluice.row.Row;
import dev.sluice.spool.PushQueue;
import dev.sluice.testkit.ManualClock;
import dev.sluice.testkit.RecordingDeadLetters;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A queue, a receiver that answers as it is told to, and a clock whose waits take no time. */
final class PushWorld {
    static final String CRM = "crm";

    final DelegatingQueue queue = new DelegatingQueue(PushQueue.inMemory());
    final ManualClock clock = new ManualClock().autoAdvance();
    final RecordingDeadLetters letters = new RecordingDeadLetters();
    final List<PushBatch> pushed = Collections.synchronizedList(new ArrayList<>());

    /** What is said of rows, by key; of others, that they are ok. */
    final Map<String, String> statuses = new HashMap<>();

    static ChangedRow row(long id, ChangeType change) {
        return new ChangedRow(id, change, Row.json("{\"id\":" + id + "}"));
    }

    static ChangedRow insert(long id) {
        return row(id, ChangeType.INSERT);
    }

    PushWorld put(ChangedRow... rows) {
        queue.put(CRM, List.of(rows));
        return this;
    }

    PushWorld inserts(long count) {
        for (long id = 1; id <= count; id++) {
            put(insert(id));
        }
        return this;
    }

    /** Answers row by row. */
    Map<String, String> answer(PushBatch batch) {
        pushed.add(batch);
        Map<String, String> answers = new HashMap<>();
        batch.rows().forEach(row -> answers.put(row.key(), statuses.getOrDefault(row.key(), "ok")));
        return answers;
    }

    PushFunction receiver() {
        return PushFunction.syncText(this::answer);
    }

    PushRunner.Builder runner(PushFunction function) {
        return PushRunner.builder(queue, CRM, function).timing(clock).deadLetters(letters);
    }

    PushReport run() {
        return runner(receiver()).build().run();
    }

    List<List<String>> pushedKeys() {
        synchronized (pushed) {
            return pushed.stream().map(PushWorld::keys).toList();
        }
    }

    List<String> waiting() {
        return queue.list(CRM).stream().map(event -> event.row().key()).toList();
    }

    static List<String> keys(PushBatch batch) {
        return batch.rows().stream().map(ChangedRow::key).toList();
    }
}
