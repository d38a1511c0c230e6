package dev.sluice.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows that have landed, and the ids they came under. */
final class Tables {
    private final Map<String, List<Row>> tables = new HashMap<>();
    private final Map<Sent, Landed> batches = new HashMap<>();
    private boolean ignoresIds;
    private long snapshots;

    /** A batch's id counts for its table alone. */
    private record Sent(String id, String table) {}

    private record Landed(List<Row> rows, Answer answer) {}

    synchronized void ignoreIds() {
        ignoresIds = true;
    }

    synchronized List<Row> rows(String table) {
        return List.copyOf(tables.getOrDefault(table, List.of()));
    }

    /** The ids of the batches that a row landed in, as far as they are remembered. */
    synchronized List<String> idsOf(String table, String json) {
        return batches.entrySet().stream()
                .filter(one -> one.getKey().table().equals(table))
                .filter(one -> one.getValue().rows().stream()
                        .anyMatch(row -> row.json().equals(json)))
                .map(one -> one.getKey().id())
                .toList();
    }

    /** Writes all the rows, unless they came before under the same id. */
    synchronized Answer land(Envelope envelope, String id, List<Row> rows) {
        Landed before = ignoresIds || id.isEmpty() ? null : batches.get(new Sent(id, envelope.table()));
        if (before == null) {
            Answer answer = landFirst(envelope, rows, rows.size());
            batches.put(new Sent(id, envelope.table()), new Landed(rows, answer));
            return answer;
        }
        if (!before.rows().equals(rows)) {
            // A receiver that goes by the id alone would lose them without a word.
            throw Refusal.ofRows(rows.size(), "this batch id came before, with other rows");
        }
        return before.answer();
    }

    /** Writes some of the rows and forgets their id: a client that sends them again is to be seen doing it. */
    synchronized Answer landFirst(Envelope envelope, List<Row> rows, int atMost) {
        List<Row> landing = rows.subList(0, Math.min(atMost, rows.size()));
        List<Row> table = tables.computeIfAbsent(envelope.table(), absent -> new ArrayList<>());
        if (envelope.key() == null) {
            table.addAll(landing);
        } else {
            merge(table, landing, envelope.key());
        }
        snapshots++;
        return Answer.written(envelope, rows.size(), landing.size(), envelope.waits() ? snapshots : null);
    }

    /** A row takes the place of the one with its key, if there is one; the first, if appends have left several. */
    private static void merge(List<Row> table, List<Row> rows, String column) {
        Map<@Nullable Object, Row> fresh = new LinkedHashMap<>();
        rows.forEach(row -> fresh.put(row.key(column), row));
        Set<@Nullable Object> replaced = new HashSet<>();
        List<Row> merged = new ArrayList<>();
        for (Row old : table) {
            Object key = old.key(column);
            Row newer = fresh.get(key);
            if (newer == null) {
                merged.add(old);
            } else if (replaced.add(key)) {
                merged.add(newer);
            }
        }
        fresh.keySet().removeAll(replaced);
        merged.addAll(fresh.values());
        table.clear();
        table.addAll(merged);
    }
}
