package dev.sluice.examples.sink;

import dev.sluice.RateLimit;
import dev.sluice.push.PushFunction;
import dev.sluice.push.PushReport;
import dev.sluice.push.PushRunner;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.row.ChangeType;
import dev.sluice.row.ChangedRow;
import dev.sluice.row.Row;
import dev.sluice.spool.PushQueue;
import java.nio.file.Path;
import java.util.List;

/**
 * Tells a CRM of some changed contacts. Run it with the CRM's address and the queue's file as its arguments, as often as
 * it takes: it goes on where it stopped, however it ended.
 */
public final class CustomSink {
    static final String TARGET = "crm";

    /** What a program would read from its database, and how far that has come. */
    private static final long OFFSET = 1;

    private CustomSink() {}

    public static void main(String[] args) {
        Path file = Path.of(args[1]);
        PushReport report;
        try (PushQueue queue = PushQueue.sqlite(file)) {
            // Does nothing the second time, for the queue knows the offset.
            queue.put(TARGET, changes(), OFFSET);
            report = push(queue, args[0], file.resolveSibling("dead-letters"));
        }
        System.out.println(report);
        report.problems().forEach(System.err::println);
        System.exit(report.isClean() ? 0 : 1);
    }

    static PushReport push(PushQueue queue, String url, Path deadLetters) {
        PushFunction crm = PushFunction.sync(new CrmSink(url))
                .finalizer((succeeded, failed) -> System.out.println("the CRM has all " + succeeded + " changes"));
        try (PushRunner runner = PushRunner.builder(queue, TARGET, crm)
                .batchSize(2)
                .rateLimit(RateLimit.parse("100 per 10s"))
                .deadLetters(DeadLetters.directory(deadLetters))
                .build()) {
            return runner.run();
        }
    }

    static List<ChangedRow> changes() {
        return List.of(
                contact(1, ChangeType.INSERT, "Ada"),
                contact(2, ChangeType.INSERT, "Grace"),
                contact(1, ChangeType.UPDATE_PREIMAGE, "Ada"),
                contact(1, ChangeType.UPDATE_POSTIMAGE, "Ada Lovelace"),
                contact(2, ChangeType.DELETE, "Grace"));
    }

    static ChangedRow contact(long id, ChangeType change, String name) {
        return new ChangedRow(id, change, Row.json("{\"id\":" + id + ",\"name\":\"" + name + "\",\"_version\":7}"));
    }
}
