package dev.sluice.jdbc;

import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.dialect.Finding.Severity;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the owner of a table should know of a pass; said once, in the log, to the listener and in the report. */
final class Findings {
    private static final Logger LOG = LoggerFactory.getLogger(Findings.class);

    private final String table;
    private final SyncListener listener;
    private final List<Finding> all = new CopyOnWriteArrayList<>();

    Findings(String table, SyncListener listener) {
        this.table = table;
        this.listener = listener;
    }

    List<Finding> all() {
        return List.copyOf(all);
    }

    void overtaken(Reach reach) {
        if (reach.overtakes()) {
            add(
                    "HORIZON_OVERTAKEN",
                    "a transaction has been open since " + reach.horizon()
                            + " or before, longer than maxWait allows, and"
                            + " rows up to " + reach.bound() + " are read without it ("
                            + Duration.between(reach.horizon(), reach.now()).toSeconds() + " seconds)",
                    "end it; what it commits is read by the pass that follows");
        }
    }

    void skipped(long rows) {
        if (rows > 0) {
            add(
                    "NULL_WATERMARKS",
                    rows + (rows == 1 ? " row has" : " rows have") + " no watermark and will not be sent",
                    "give them one, or another column in its place with NullWatermark.coalesce");
        }
    }

    void future(int rows) {
        if (rows > 0) {
            add(
                    "FUTURE_WATERMARKS",
                    rows + (rows == 1 ? " row has" : " rows have") + " a watermark in the database's future",
                    "they are sent, and every pass reads them again until their time has come: set them to the time of"
                            + " their last change, and check the clock that stamps them");
        }
    }

    void overflow(long rows) {
        if (rows > 0) {
            add(
                    "RECENT_OVERFLOW",
                    rows + (rows == 1 ? " row" : " rows") + " found no room among the " + Recent.CAPACITY
                            + " that are remembered, and will be sent again by the next pass that reads them",
                    "look back less far, end long transactions, correct times in the future; or let the destination"
                            + " merge");
        }
    }

    /** The columns are not those that were sent last. */
    void columnsChanged(List<String> before, List<String> now) {
        List<String> gone = without(before, now);
        List<String> come = without(now, before);
        String what = sentence(come, "new") + (gone.isEmpty() || come.isEmpty() ? "" : ", ") + sentence(gone, "gone");
        add(
                "SCHEMA_CHANGED",
                gone.isEmpty() ? Severity.INFO : Severity.WARNING,
                "since rows were last sent " + what,
                "rows from now on have the columns of now, rows that were sent before stay as they are: start the table"
                        + " from its beginning with state reset to send them anew");
    }

    void valuesChanged(Map<String, Long> byColumn) {
        if (!byColumn.isEmpty()) {
            String counts = byColumn.entrySet().stream()
                    .map(entry -> entry.getValue() + " of " + entry.getKey())
                    .collect(Collectors.joining(", "));
            add(
                    "VALUES_CHANGED",
                    Severity.WARNING,
                    "values that JSON or the lake has no place for were changed on their way: " + counts,
                    "correct them in the source, or choose another type policy");
        }
    }

    void leftOut(long rows) {
        if (rows > 0) {
            add(
                    "ROWS_LEFT_OUT",
                    Severity.INFO,
                    rows + (rows == 1 ? " row was" : " rows were") + " left out by the transform",
                    "nothing to do if that is meant; a row that is left out is not read again before it changes");
        }
    }

    void undescribed() {
        add(
                "COLUMNS_NOT_DESCRIBED",
                Severity.INFO,
                "the description of the columns is longer than a batch's tags may be, and is not sent",
                "send fewer columns, or switch describeColumns off");
    }

    private void add(String code, String sentence, String remedy) {
        add(code, Severity.WARNING, sentence, remedy);
    }

    private void add(String code, Severity severity, String sentence, String remedy) {
        Finding finding = new Finding(code, severity, table, sentence, remedy);
        all.add(finding);
        if (severity != Severity.INFO) {
            LOG.warn("{}", finding);
        }
        TableSync.tell(() -> listener.found(finding));
    }

    private static String sentence(List<String> columns, String state) {
        int count = columns.size();
        return count == 0
                ? ""
                : count + (count == 1 ? " column is " : " columns are ") + state + " (" + String.join(", ", columns)
                        + ")";
    }

    private static List<String> without(List<String> all, List<String> others) {
        return all.stream().filter(one -> !others.contains(one)).toList();
    }
}
