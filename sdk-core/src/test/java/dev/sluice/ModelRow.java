package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.RowStatus;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A row as the model knows it: its number is in its JSON, so that it is found again wherever it went. */
final class ModelRow {
    /** Where a row is in the end. */
    enum Fate {
        DELIVERED,
        PARTIAL,
        DEAD,
        HELD
    }

    private static final String NUMBER = "\"n\":";

    final int number;
    final @Nullable String key;
    final ModelOwner owner;

    @Nullable
    CompletableFuture<RowStatus> future;

    @Nullable
    Fate fate;

    boolean seen;

    /** When a writer took it. */
    long takenAt;

    boolean reported;

    ModelRow(int number, @Nullable String key, ModelOwner owner) {
        this.number = number;
        this.key = key;
        this.owner = owner;
    }

    Map<String, Object> value() {
        return key == null ? Map.of("n", number) : Map.of("n", number, "id", key);
    }

    long cost() {
        int json = ("{\"n\":" + number + "}").length() + (key == null ? 0 : (",\"id\":\"" + key + "\"").length());
        return Books.cost(json);
    }

    static List<Integer> numbers(Batch batch) {
        return IntStream.range(0, batch.rows())
                .mapToObj(i -> number(new String(batch.row(i), java.nio.charset.StandardCharsets.UTF_8)))
                .toList();
    }

    private static int number(String json) {
        int from = json.indexOf(NUMBER) + NUMBER.length();
        int to = from;
        while (Character.isDigit(json.charAt(to))) {
            to++;
        }
        return Integer.parseInt(json, from, to, 10);
    }
}
