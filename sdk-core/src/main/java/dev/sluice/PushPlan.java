package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.batch.Batcher;
import dev.sluice.row.Destination;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.Row;
import dev.sluice.row.RowMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/** The rows of one push, all encoded, checked and cut into batches before the first of them is sent. */
final class PushPlan {
    private final List<Batch> batches = new ArrayList<>();
    private final int[] positions;
    private final int submitted;

    private PushPlan(List<Row> rows, int[] positions, int submitted, Batcher batcher) {
        this.positions = positions;
        this.submitted = submitted;
        for (int i = 0; i < positions.length; i++) {
            try {
                batcher.add(rows.get(positions[i])).ifPresent(batches::add);
            } catch (InvalidRowException e) {
                throw e.inRow(positions[i]);
            }
        }
        batcher.drain().ifPresent(batches::add);
    }

    /** @throws InvalidRowException naming the first row that cannot be sent */
    static PushPlan of(PushRequest request, RowMapper mapper, BatchPolicy policy) {
        Destination destination = request.destination();
        List<Row> rows = encode(request.rows(), mapper);
        int[] positions = destination.key().map(key -> lastOfEachKey(rows, key)).orElseGet(() -> everyRow(rows));
        return new PushPlan(rows, positions, rows.size(), batcher(request, policy));
    }

    List<Batch> batches() {
        return batches;
    }

    int submitted() {
        return submitted;
    }

    int superseded() {
        return submitted - positions.length;
    }

    /** For the batch whose first row is the {@code start}th that is sent: where its rows stood among those handed in. */
    IntUnaryOperator positions(int start) {
        return row -> positions[start + row];
    }

    /**
     * A batch's name follows from its rows where the caller named the push: if the rows, or how they are cut, are others
     * the next time, so are the names, and no receiver takes new rows for old ones.
     */
    private static Batcher batcher(PushRequest request, BatchPolicy policy) {
        Destination to = request.destination();
        int[] next = {0};
        return request.id()
                .map(id -> new Batcher(
                        to,
                        policy,
                        rows -> BatchId.derived(id.value(), to.toString(), Integer.toString(next[0]++), rows.digest())))
                .orElseGet(() -> {
                    BatchId id = BatchId.random();
                    return new Batcher(to, policy, rows -> id.part(next[0]++));
                });
    }

    private static List<Row> encode(Iterable<?> values, RowMapper mapper) {
        List<Row> rows = new ArrayList<>();
        for (Object value : values) {
            try {
                rows.add(mapper.map(value));
            } catch (InvalidRowException e) {
                throw e.inRow(rows.size());
            }
        }
        return rows;
    }

    private static int[] everyRow(List<Row> rows) {
        int[] all = new int[rows.size()];
        Arrays.setAll(all, i -> i);
        return all;
    }

    /** The API refuses a whole batch in which a key comes twice; of equal keys the later row is the newer one. */
    private static int[] lastOfEachKey(List<Row> rows, String key) {
        Map<String, Integer> last = new HashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            last.put(key(rows.get(i), i, key), i);
        }
        return last.values().stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    private static String key(Row row, int index, String key) {
        try {
            return row.key(key)
                    .orElseThrow(() -> InvalidRowException.at(key, "is missing or null, but it is the key of a merge"));
        } catch (InvalidRowException e) {
            throw e.inRow(index);
        }
    }
}
