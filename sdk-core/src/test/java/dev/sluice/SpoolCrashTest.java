package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.RowStatus;
import dev.sluice.spool.Spool;
import dev.sluice.testkit.FakeStreamApi;
import dev.sluice.testkit.Fault;
import dev.sluice.transport.ApiKey;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that writes through a spool, to a server in trouble, and is killed at any moment, again and again: {@value
 * #USUAL_ROUNDS} times, or as often as the system property {@code sluice.crash.rounds} says.
 */
@Timeout(7_200)
class SpoolCrashTest {
    private static final int USUAL_ROUNDS = 200;
    private static final int ROUNDS = Integer.getInteger("sluice.crash.rounds", USUAL_ROUNDS);

    /** At a time, each with a server and a spool of its own: JVMs take long to start and little else. */
    private static final int LANES = 2;

    private static final String TABLE = "bronze.events";
    private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");

    /** One row in so many is refused by the server, for ever. */
    private static final int POISON = 97;

    @TempDir
    Path folder;

    @Test
    void loses_no_row_that_was_accepted_and_repeats_none_under_another_id() throws Exception {
        ExecutorService lanes = Executors.newFixedThreadPool(LANES);
        try {
            List<Future<Tally>> tallies = new ArrayList<>();
            for (int lane = 0; lane < LANES; lane++) {
                tallies.add(lanes.submit(new Lives(folder.resolve(lane + ".db"), System.nanoTime())));
            }
            Tally all = tallies.get(0).get().plus(tallies.get(1).get());
            // Otherwise the kills came at no interesting moment.
            assertThat(all.accepted()).isGreaterThan(10 * ROUNDS);
            assertThat(all.repeated()).isGreaterThan(ROUNDS / 4);
            assertThat(all.split()).isGreaterThan(ROUNDS / 10);
            assertThat(all.dead()).isGreaterThan(ROUNDS / 20);
        } finally {
            lanes.shutdownNow();
        }
    }

    /** How much happened: rows accepted, batches sent more than once, pieces sent, dead letters. */
    private record Tally(long accepted, long repeated, long split, long dead) {
        Tally plus(Tally other) {
            return new Tally(
                    accepted + other.accepted, repeated + other.repeated, split + other.split, dead + other.dead);
        }
    }

    /** What the server does: faults after which it is hardest to know what is there. */
    private enum Trouble {
        LANDED_THEN_RESET(Fault.landedThenReset()),
        UNAVAILABLE(Fault.status(503)),
        CUT_BODY(Fault.cutBody()),
        POISON(Fault.refuseRows(row -> ((Number) row.get("id")).longValue() % SpoolCrashTest.POISON == 0));

        private final Fault fault;

        Trouble(Fault fault) {
            this.fault = fault;
        }
    }

    /** One program's lives. */
    private static final class Lives implements Callable<Tally> {
        private final Path file;
        private final long seed;
        private final Random random;
        private final Set<Long> accepted = new HashSet<>();

        /** What the server did, each by the number of requests before. */
        private final NavigableMap<Integer, String> rounds = new TreeMap<>();

        Lives(Path file, long seed) {
            this.file = file;
            this.seed = seed;
            this.random = new Random(seed);
        }

        @Override
        public Tally call() throws Exception {
            try (FakeStreamApi api = FakeStreamApi.start()) {
                api.changeKey(Child.KEY);
                for (int round = 0; round < ROUNDS / LANES; round++) {
                    begin(api, "round " + round, trouble());
                    live(api, round);
                }
                begin(api, "the end", Trouble.POISON);
                List<DeadLetterStore.Entry> letters = drain(api);
                check(api, letters);
                return tally(api, letters);
            }
        }

        private void check(FakeStreamApi api, List<DeadLetterStore.Entry> letters) {
            List<Long> landed = ids(api.rowsAsJson(TABLE));
            Set<Long> lost = new HashSet<>(accepted);
            landed.forEach(lost::remove);
            lost.removeAll(dead(letters));
            assertThat(lost).as("seed %d: rows lost", seed).isEmpty();
            Set<Long> once = new HashSet<>();
            Map<Long, String> twice = new TreeMap<>();
            landed.stream().filter(id -> !once.add(id)).forEach(id -> twice.put(id, story(api, id)));
            assertThat(twice)
                    .as("seed %d: rows that landed twice, and all requests with them", seed)
                    .isEmpty();
        }

        /** Every request of the batches that a row landed in, and of their pieces. */
        private String story(FakeStreamApi api, long id) {
            Set<String> wholes = api.idsOf(TABLE, "{\"id\":" + id + "}").stream()
                    .map(Lives::whole)
                    .collect(Collectors.toSet());
            List<FakeStreamApi.Request> requests = api.requests();
            StringBuilder story = new StringBuilder();
            for (int i = 0; i < requests.size(); i++) {
                FakeStreamApi.Request one = requests.get(i);
                if (wholes.contains(whole(one.batchId()))) {
                    story.append("\n  %d (%s): %s, %d rows, status %d"
                            .formatted(i, rounds.floorEntry(i).getValue(), one.batchId(), one.rows(), one.status()));
                }
            }
            return story.toString();
        }

        /** The id of the batch that a piece is of. */
        private static String whole(String id) {
            return id.replaceFirst("^([^.]+\\.\\d+).*", "$1");
        }

        private Tally tally(FakeStreamApi api, List<DeadLetterStore.Entry> letters) {
            List<String> sent =
                    api.requests().stream().map(FakeStreamApi.Request::batchId).toList();
            Set<String> ids = new HashSet<>(sent);
            long split =
                    ids.stream().filter(id -> id.matches(".+\\.\\d+\\.[01].*")).count();
            return new Tally(accepted.size(), sent.size() - ids.size(), split, letters.size());
        }

        private void begin(FakeStreamApi api, String round, Trouble trouble) {
            rounds.put(api.requests().size(), round + ", " + trouble);
            api.always(trouble.fault);
        }

        private Trouble trouble() {
            return switch (random.nextInt(6)) {
                case 0 -> Trouble.LANDED_THEN_RESET;
                case 1 -> Trouble.UNAVAILABLE;
                case 2 -> Trouble.CUT_BODY;
                default -> Trouble.POISON;
            };
        }

        private void live(FakeStreamApi api, int round) throws Exception {
            Process child = start(api, round);
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(out.readLine()).as("round %d", round).isEqualTo("open");
                int enough = random.nextInt(400);
                for (int i = 0; i < enough; i++) {
                    accepted.add(Long.valueOf(out.readLine()));
                }
                assertThat(child.waitFor(random.nextInt(30), TimeUnit.MILLISECONDS))
                        .isFalse();
            } finally {
                child.destroyForcibly().waitFor();
            }
        }

        private Process start(FakeStreamApi api, int round) throws IOException {
            return new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Child.class.getName(),
                            api.baseUrl(),
                            file.toString(),
                            Long.toString(round * 1_000_000L))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        }

        private List<DeadLetterStore.Entry> drain(FakeStreamApi api) {
            StreamClient client =
                    Child.settings(api.baseUrl(), Spool.sqlite(file)).build();
            assertThat(client.close(Duration.ofMinutes(5)).spooledRows()).isZero();
            try (Spool after = Spool.sqlite(file)) {
                return after.deadLetters().list();
            }
        }

        private Set<Long> dead(List<DeadLetterStore.Entry> letters) {
            Set<Long> dead = new HashSet<>();
            try (Spool spool = Spool.sqlite(file)) {
                for (DeadLetterStore.Entry letter : letters) {
                    dead.addAll(ids(List.of(ScriptedTransport.rows(
                            spool.deadLetters().read(letter.name()).batch()))));
                }
            }
            return dead;
        }
    }

    private static List<Long> ids(List<String> rows) {
        List<Long> ids = new ArrayList<>();
        for (String row : rows) {
            Matcher id = ID.matcher(row);
            while (id.find()) {
                ids.add(Long.valueOf(id.group(1)));
            }
        }
        return ids;
    }

    /** Writes for as long as it lives, and says which rows are safe. */
    static final class Child {
        static final String KEY = "child-key";

        private Child() {}

        static StreamClient.Builder settings(String url, Spool spool) {
            return StreamClient.builder()
                    .baseUrl(url)
                    .apiKey(ApiKey.of(KEY))
                    .spool(spool)
                    .retryBudget(new RateLimit(100_000, Duration.ofSeconds(1)))
                    .retries(new RetryPolicy(8, Duration.ofMillis(2), Duration.ofMillis(50), Duration.ofMinutes(2)));
        }

        public static void main(String[] args) throws Exception {
            FileOutputStream out = new FileOutputStream(FileDescriptor.out);
            StreamClient client =
                    settings(args[0], Spool.sqlite(Path.of(args[1]))).build();
            say(out, "open");
            StreamWriter writer = client.writer(TABLE)
                    .batches(new BatchPolicy(8, 1_000_000))
                    .linger(Duration.ofMillis(1))
                    .open();
            for (long id = Long.parseLong(args[2]); true; id++) {
                long row = id;
                CompletableFuture<RowStatus> safe = writer.write(Map.of("id", row));
                CompletableFuture<?> said = safe.thenAccept(status -> say(out, Long.toString(row)));
                if (row % 40 == 39) {
                    said.join();
                    Ledger ignored = client.drain(Duration.ofMillis(20));
                }
            }
        }

        private static void say(FileOutputStream out, String line) {
            try {
                out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
