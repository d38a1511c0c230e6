package dev.sluice.spool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.row.Destination;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The spool in memory and the one in a file answer alike, whatever is asked of them, and however often that is opened. */
@Timeout(120)
class SpoolModelTest {
    private static final int STEPS = 2_000;
    private static final int IDS = 40;
    private static final long MAX_BYTES = 2_500;

    /** A claim of each, of the same batch. */
    private record Pair(Spool.Claim memory, Spool.Claim file) {}

    private final HandClock clock = new HandClock();
    private final List<Pair> pairs = new ArrayList<>();
    private final TreeMap<String, Integer> done = new TreeMap<>();
    private final MemorySpool memory = new MemorySpool(MAX_BYTES, clock);

    @TempDir
    Path directory;

    private Spool file;
    private Random random;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void memory_and_file_answer_alike(long seed) {
        random = new Random(seed);
        file = openFile();
        for (int step = 0; step < STEPS; step++) {
            step();
            compare();
        }
        file.close();
        assertThat(done).containsKeys("put", "full", "claim", "end", "dead", "useless", "reclaim", "reopen", "refused");
        assertThat(done.values()).allMatch(count -> count >= 5);
    }

    private Spool openFile() {
        return SqliteSpool.open(directory.resolve("model.spool"), MAX_BYTES, clock);
    }

    private void step() {
        switch (random.nextInt(24)) {
            case 0, 1, 2, 3, 4 -> put();
            case 5, 6, 7, 8, 9, 10 -> claim();
            case 11, 12, 13, 14 -> end();
            case 15 -> attempt();
            case 16 -> release();
            case 17 -> forget();
            case 18, 19 -> removeLetter();
            case 20 -> renew();
            case 21 -> keep();
            case 22 -> later();
            default -> reopenNowAndThen();
        }
    }

    private void put() {
        List<Batch> batches = IntStream.range(0, 1 + random.nextInt(3))
                .mapToObj(i -> batch(8))
                .toList();
        boolean remembered = random.nextBoolean();
        String said = alike("put", spool -> spool.put(batches, remembered).toString());
        count(said.equals("Full") ? "full" : "put");
    }

    private void claim() {
        String table = table();
        Optional<Spool.Claim> one = memory.claim(table);
        Optional<Spool.Claim> other = file.claim(table);
        assertThat(other.map(Samples::told)).isEqualTo(one.map(Samples::told));
        if (one.isPresent() && other.isPresent()) {
            pairs.add(new Pair(one.get(), other.get()));
            count("claim");
        }
    }

    private void end() {
        pick().ifPresent(pair -> {
            int rows = pair.memory().batch().rows();
            int first = random.nextInt(rows);
            Span piece = random.nextInt(3) > 0
                    ? new Span(0, rows)
                    : new Span(first, 1 + random.nextInt(rows - first + (random.nextInt(9) == 0 ? 1 : 0)));
            DeadLetter letter = random.nextInt(4) == 0 ? Samples.letter(batch(2), null) : null;
            boolean useful = both(pair, (spool, lease) -> Boolean.toString(spool.end(lease, piece, letter)));
            count(!useful ? "useless" : letter == null ? "end" : "dead");
        });
    }

    private void attempt() {
        pick().ifPresent(pair -> {
            Span piece = random.nextInt(4) == 0 ? null : new Span(random.nextInt(3), 1 + random.nextInt(3));
            both(pair, (spool, lease) -> Boolean.toString(spool.attempting(lease, piece)));
        });
    }

    private void release() {
        pick().ifPresent(pair -> both(pair, (spool, lease) -> {
            spool.release(lease);
            return "released";
        }));
    }

    private void renew() {
        pick().ifPresent(pair -> both(pair, (spool, lease) -> {
            spool.renew(List.of(lease));
            return "renewed";
        }));
    }

    private void later() {
        clock.advance(Duration.ofSeconds(random.nextInt(400)));
        String taken = alike(
                "reclaim",
                spool -> spool.reclaim().stream()
                        .map(Spool.Lease::batch)
                        .toList()
                        .toString());
        if (!taken.equals("[]")) {
            count("reclaim");
        }
    }

    /** What a restart does to the file, ten minutes without a sign of life do in memory. */
    private void reopenNowAndThen() {
        if (random.nextInt(3) == 0) {
            file.close();
            file = openFile();
            clock.advance(Spool.LEASE);
            memory.reclaim();
            pairs.clear();
            count("reopen");
        }
    }

    private void forget() {
        BatchId id = id();
        alike("forget", spool -> {
            spool.forget(id);
            return "forgotten";
        });
    }

    private void keep() {
        DeadLetter letter = Samples.letter(batch(1));
        alike("keep", spool -> {
            spool.deadLetters().keep(letter);
            return "kept";
        });
    }

    private void removeLetter() {
        List<DeadLetterStore.Entry> all = memory.deadLetters().list();
        if (!all.isEmpty()) {
            int index = random.nextInt(all.size());
            alike("remove", spool -> {
                DeadLetterStore letters = spool.deadLetters();
                letters.remove(letters.list().get(index).name());
                return "removed";
            });
        }
    }

    /** One of the latest claims, which may have ended since. */
    private Optional<Pair> pick() {
        return pairs.isEmpty()
                ? Optional.empty()
                : Optional.of(pairs.get(pairs.size() - 1 - random.nextInt(Math.min(6, pairs.size()))));
    }

    private interface Use {
        String of(Spool spool, Spool.Lease lease);
    }

    private boolean both(Pair pair, Use use) {
        String one = outcome(memory, spool -> use.of(spool, pair.memory().lease()));
        String other = outcome(file, spool -> use.of(spool, pair.file().lease()));
        assertThat(other).isEqualTo(one);
        if (one.equals("IllegalArgumentException")) {
            count("refused");
        }
        return one.equals("true");
    }

    private String alike(String what, Function<Spool, String> use) {
        String one = outcome(memory, use);
        assertThat(outcome(file, use)).as(what).isEqualTo(one);
        return one;
    }

    private static String outcome(Spool spool, Function<Spool, String> use) {
        try {
            return use.apply(spool);
        } catch (SpoolException | IllegalArgumentException e) {
            return e.getClass().getSimpleName();
        }
    }

    private void compare() {
        alike("backlog", spool -> spool.backlog().toString());
        alike("next", spool -> tables().map(spool::next).toList().toString());
        BatchId id = id();
        alike("knows", spool -> Boolean.toString(spool.knows(id)));
        alike(
                "letters",
                spool -> spool.deadLetters().list().stream()
                        .map(entry ->
                                Samples.told(spool.deadLetters().read(entry.name())) + entry.rows() + entry.message())
                        .toList()
                        .toString());
    }

    private Batch batch(int rows) {
        String id = id().value();
        // One batch, one destination: what an id stands for does not change.
        String table = tables().toList().get(Math.floorMod(id.hashCode(), 3));
        Destination to = id.hashCode() % 2 == 0 ? Destination.append(table) : Destination.merge(table, "n");
        return Samples.batch(id, to, 1 + random.nextInt(rows), 1);
    }

    private BatchId id() {
        return new BatchId("id-" + random.nextInt(IDS));
    }

    private String table() {
        return tables().toList().get(random.nextInt(3));
    }

    private static Stream<String> tables() {
        return Stream.of("a.a", "a.b", "b.a");
    }

    private void count(String what) {
        done.merge(what, 1, Integer::sum);
    }
}
