package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.receipt.Receipt;
import dev.sluice.transport.Reply;
import dev.sluice.transport.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Thousands of pushes against a lake that fails at random: whatever it does, every row is accounted for once. */
class LedgerModelTest {
    private static final int RUNS = 4_000;

    @Test
    void accounts_for_every_row_once_when_replies_are_random() {
        Set<String> seen = new HashSet<>();
        for (int seed = 0; seed < RUNS; seed++) {
            Run run = new Run(seed);
            Receipt receipt = run.push();
            run.check(receipt);
            seen.add(receipt.status().name());
            seen.addAll(run.fates());
        }
        // The script reaches every corner, or the checks above would prove little.
        assertThat(seen).contains("ACCEPTED", "PARTIAL", "DEAD", "UNDELIVERED");
        assertThat(seen)
                .contains("kept REJECTED", "kept TOO_LARGE", "kept PARTIAL", "kept UNDELIVERED", "kept UNKNOWN");
        assertThat(seen).contains("written twice", "refused hook");
    }

    /** One push, its lake, and what each of its rows went through. Rows are known by their JSON, all different. */
    private static final class Run implements Transport, DeadLetters, PushListener {
        private final int seed;
        private final Random random;
        private final int submitted;
        private final boolean merge;
        private final boolean hook;
        private final double calm;
        private final Set<String> bad = new HashSet<>();
        private final Map<String, Integer> written = new HashMap<>();
        private final Set<String> doubtful = new HashSet<>();
        private final Set<String> doubtfulIds = new HashSet<>();
        private final Set<String> sent = new HashSet<>();
        private final List<String> accounted = new ArrayList<>();
        private final List<String> kept = new ArrayList<>();
        private final Set<String> fates = new HashSet<>();
        private int tooMany;

        Run(int seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.submitted = random.nextInt(120);
            this.merge = random.nextInt(3) == 0;
            this.hook = random.nextInt(3) > 0;
            this.calm = random.nextDouble();
            this.tooMany = 1 + random.nextInt(60);
        }

        Receipt push() {
            StreamClient.Builder settings = PushTest.stepped(new ManualTiming())
                    .transport(this)
                    .listener(this)
                    .retries(RetryPolicy.DEFAULT.withMaxAttempts(1 + random.nextInt(4)))
                    .batches(new BatchPolicy(1 + random.nextInt(70), 1 + random.nextInt(2_000)));
            if (hook) {
                settings.deadLetters(this);
            }
            try (StreamClient client = settings.build()) {
                return client.push(request());
            } catch (PushException e) {
                assertThat(e.receipt().undelivered()).isPositive();
                return e.receipt();
            }
        }

        private PushRequest request() {
            List<Map<String, Object>> rows = IntStream.range(0, submitted)
                    .<Map<String, Object>>mapToObj(i -> Map.of("id", "k" + (merge ? i / 2 * 2 % 50 : i), "n", i))
                    .toList();
            PushRequest to = merge ? PushRequest.merge("a.b", "id") : PushRequest.append("a.b");
            return to.rows(rows);
        }

        @Override
        public Reply send(Batch batch, Duration timeout) {
            assertThat(timeout).isPositive();
            List<String> rows = rows(batch);
            assertWhole(batch);
            sent.addAll(rows);
            spoil(rows);
            if (random.nextDouble() < calm) {
                return orderly(batch, rows);
            }
            return switch (random.nextInt(9)) {
                case 0, 1 -> lost(batch, rows);
                case 2, 3 -> Replies.notSent();
                case 4 -> Replies.refused(503);
                case 5 -> Replies.later(429, Duration.ofSeconds(random.nextInt(40)));
                case 6 -> random.nextInt(4) == 0 ? Replies.refused(404) : Replies.unauthorized(random.nextBoolean());
                case 7 -> partly(rows);
                default -> orderly(batch, rows);
            };
        }

        /** A part of a batch that may be written already would be written under an id that nobody knows. */
        private void assertWhole(Batch batch) {
            String parent = batch.id().value().replaceAll("\\.\\d+$", "");
            assertThat(doubtfulIds)
                    .as("seed %d: what may be written is never split", seed)
                    .doesNotContain(parent);
        }

        /** Some rows are bad from their first appearance on. */
        private void spoil(List<String> rows) {
            if (random.nextInt(20) == 0) {
                bad.add(rows.get(random.nextInt(rows.size())));
            }
        }

        private Reply orderly(Batch batch, List<String> rows) {
            if (batch.rows() > tooMany || batch.rows() == 1 && random.nextInt(50) == 0) {
                return Replies.refused(413);
            }
            if (rows.stream().anyMatch(bad::contains)) {
                return random.nextBoolean() ? Replies.refused(400) : Replies.written(0, batch.rows());
            }
            rows.forEach(this::write);
            return Replies.allWritten(batch);
        }

        private Reply lost(Batch batch, List<String> rows) {
            doubtful.addAll(rows);
            doubtfulIds.add(batch.id().value());
            if (random.nextBoolean()) {
                rows.forEach(this::write);
            }
            return random.nextBoolean() ? Replies.unreadable() : Replies.refused(500);
        }

        private Reply partly(List<String> rows) {
            if (rows.size() == 1) {
                return Replies.notSent();
            }
            List<String> some = rows.subList(0, 1 + random.nextInt(rows.size() - 1));
            some.forEach(this::write);
            return Replies.written(some.size(), rows.size() - some.size());
        }

        private void write(String row) {
            written.merge(row, 1, Integer::sum);
        }

        @Override
        public void keep(DeadLetter letter) {
            if (random.nextInt(6) == 0) {
                fates.add("refused hook");
                throw new IllegalStateException("disk full");
            }
            if (letter.reason() != DeadLetter.Reason.UNDELIVERED) {
                assertThat(sent)
                        .as("seed %d: only what was sent can be refused", seed)
                        .containsAll(rows(letter.batch()));
            }
            kept.addAll(rows(letter.batch()));
            fates.add("kept " + letter.reason());
        }

        @Override
        public void ended(Batch batch, Receipt.Part part, Duration elapsed) {
            List<String> rows = rows(batch);
            accounted.addAll(rows);
            assertThat(part.rows()).isEqualTo(rows.size());
            if (part.delivered() == part.rows()) {
                assertThat(written.keySet())
                        .as("seed %d: delivered rows are there", seed)
                        .containsAll(rows);
            }
            if (part.delivered() == 0) {
                rows.stream()
                        .filter(row -> !doubtful.contains(row))
                        .forEach(row -> assertThat(written)
                                .as("seed %d: rows not delivered are not there", seed)
                                .doesNotContainKey(row));
            }
            assertThat(part.dead() > 0).isEqualTo(new HashSet<>(kept).containsAll(rows));
        }

        @Override
        public void close() {}

        void check(Receipt receipt) {
            Accounts.balanced(receipt);
            assertThat(receipt.submitted()).isEqualTo(submitted);
            assertThat(accounted).as("seed %d: each row is in one part", seed).doesNotHaveDuplicates();
            assertThat(accounted).hasSize(submitted - receipt.superseded()).containsAll(sent);
            assertThat(kept).as("seed %d: each dead row is in one letter", seed).doesNotHaveDuplicates();
            written.forEach(this::checkWritten);
        }

        private void checkWritten(String row, int times) {
            if (times > 1) {
                assertThat(doubtful)
                        .as("seed %d: only a doubtful row is sent again", seed)
                        .contains(row);
                fates.add("written twice");
            }
        }

        Set<String> fates() {
            return fates;
        }

        private static List<String> rows(Batch batch) {
            return List.of(ScriptedTransport.rows(batch).split("(?<=}),"));
        }
    }
}
