package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.batch.Batcher;
import dev.sluice.batch.RowBuffer;
import dev.sluice.row.Destination;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.Row;
import dev.sluice.row.RowMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/** The rows of one push, all encoded, checked and cut into batches before the first of them is sent. */
final class PushPlan {
    /**
     * A row without the key that its merge goes by.
     *
     * @param position its place among the rows handed in
     * @param row the row, as a batch of its own
     */
    record Keyless(int position, Batch row, InvalidRowException problem) {}

    private final List<Batch> batches = new ArrayList<>();
    private final List<Keyless> keyless = new ArrayList<>();
    private final int[] positions;
    private final int submitted;

    private PushPlan(PushRequest request, List<Row> rows, BatchPolicy policy) {
        Optional<String> key = request.destination().key();
        Ids ids = new Ids(request);
        this.submitted = rows.size();
        this.positions = key.isEmpty() ? everyRow(rows) : lastOfEachKey(rows, key.get(), ids, request.destination());
        Batcher batcher = new Batcher(request.destination(), policy, ids::next);
        for (int position : positions) {
            batcher.add(rows.get(position)).ifPresent(batches::add);
        }
        batcher.drain().ifPresent(batches::add);
    }

    /**
     * The plan of a push.
     *
     * @param maxBytes the most that all rows together may take in memory
     * @throws InvalidRowException naming the first row that cannot be sent
     */
    static PushPlan of(PushRequest request, RowMapper mapper, BatchPolicy policy, long maxBytes) {
        List<Row> rows = new ArrayList<>();
        long cost = 0;
        for (Object value : request.rows()) {
            Row row = encode(value, rows.size(), mapper);
            rows.add(row);
            cost += Books.cost(row.size());
            if (cost > maxBytes) {
                throw new BufferFullException(
                        "a push to " + request.destination().table() + " takes more than "
                                + maxBytes + " bytes with its first " + rows.size()
                                + " rows, half of the client's maxMemory: push fewer rows at a time, use a writer, which waits"
                                + " for room, or raise maxMemory");
            }
        }
        return new PushPlan(request, rows, policy);
    }

    /** What is wrong with the rows, each of them once; nothing of it needs the network. */
    static List<InvalidRowException> problems(PushRequest request, RowMapper mapper) {
        List<InvalidRowException> problems = new ArrayList<>();
        int index = 0;
        for (Object value : request.rows()) {
            try {
                Row row = encode(value, index, mapper);
                Optional<String> key = request.destination().key();
                if (key.isPresent() && keyOf(row, index, key.get()).isEmpty()) {
                    problems.add(missing(key.get()).inRow(index));
                }
            } catch (InvalidRowException e) {
                problems.add(e);
            }
            index++;
        }
        return problems;
    }

    /** Why a row without its key is not sent. */
    static InvalidRowException missing(String key) {
        return InvalidRowException.at(key, "is missing or null, but it is the key of a merge");
    }

    List<Batch> batches() {
        return batches;
    }

    List<Keyless> keyless() {
        return keyless;
    }

    int submitted() {
        return submitted;
    }

    int superseded() {
        return submitted - positions.length - keyless.size();
    }

    /** What the rows that are sent or refused take in memory. */
    long cost() {
        return batches.stream().mapToLong(Books::cost).sum()
                + keyless.stream().mapToLong(row -> Books.cost(row.row())).sum();
    }

    /** For the batch whose first row is the {@code start}th that is sent: where its rows stood among those handed in. */
    IntUnaryOperator positions(int start) {
        return row -> positions[start + row];
    }

    private static Row encode(Object value, int index, RowMapper mapper) {
        try {
            Row row = mapper.map(value);
            Batcher.checkLength(row.size());
            return row;
        } catch (InvalidRowException e) {
            throw e.inRow(index);
        }
    }

    private static int[] everyRow(List<Row> rows) {
        int[] all = new int[rows.size()];
        Arrays.setAll(all, i -> i);
        return all;
    }

    /** The API refuses a whole batch in which a key comes twice; of equal keys the later row is the newer one. */
    private int[] lastOfEachKey(List<Row> rows, String key, Ids ids, Destination to) {
        Map<String, Integer> last = new HashMap<>();
        for (int i = 0; i < rows.size(); i++) {
            Optional<String> value = keyOf(rows.get(i), i, key);
            if (value.isPresent()) {
                last.put(value.get(), i);
            } else {
                keyless.add(keyless(rows.get(i), i, key, ids, to));
            }
        }
        return last.values().stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    private static Keyless keyless(Row row, int position, String key, Ids ids, Destination to) {
        Batcher alone = new Batcher(to, BatchPolicy.DEFAULT, ids::next);
        alone.add(row);
        return new Keyless(position, alone.drain().orElseThrow(), missing(key).inRow(position));
    }

    private static Optional<String> keyOf(Row row, int index, String key) {
        try {
            return row.key(key);
        } catch (InvalidRowException e) {
            throw e.inRow(index);
        }
    }

    /**
     * A batch's name follows from its rows where the caller named the push: if the rows, or how they are cut, are others
     * the next time, so are the names, and no receiver takes new rows for old ones.
     */
    private static final class Ids {
        private final PushRequest request;
        private final BatchId push;
        private int next;

        Ids(PushRequest request) {
            this.request = request;
            this.push = request.id().orElseGet(BatchId::random);
        }

        BatchId next(RowBuffer rows) {
            int number = next++;
            return request.id().isEmpty()
                    ? push.part(number)
                    : BatchId.derived(
                            push.value(), request.destination().toString(), Integer.toString(number), rows.digest());
        }
    }
}
