package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetters;
import dev.sluice.receipt.Receipt;
import dev.sluice.transport.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What really happened to each row: what the lake wrote, what the hook kept, and what was told of the rest. */
final class ModelLedger implements DeadLetters, PushListener {
    /** A batch as it was handed in, and its rows whose piece has not ended. */
    private static final class Root {
        private final List<ModelRow> rows;
        private int open;
        private long delivered;
        private long dead;
        private long held;
        private boolean abandoned;

        Root(List<ModelRow> rows) {
            this.rows = rows;
            this.open = rows.size();
        }

        ModelOwner owner() {
            return rows.get(0).owner;
        }
    }

    /** A hook that fails, cheaply. */
    static final class DiskFull extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DiskFull() {
            super("disk full", null, false, false);
        }
    }

    private static final class Broken extends Error {
        private static final long serialVersionUID = 1L;

        Broken() {
            super("broken", null, false, false);
        }
    }

    final List<ModelRow> rows = new ArrayList<>();
    final Set<String> corners = new HashSet<>();
    private final Random random;
    private final boolean hookFails;
    private final Map<Integer, Root> roots = new HashMap<>();
    private final Map<String, Integer> written = new HashMap<>();
    private final Set<String> letters = new HashSet<>();
    private final Set<String> late = new HashSet<>();
    private final Map<String, Reply> replies = new HashMap<>();
    private final Set<String> doubtful = new HashSet<>();
    private @Nullable AssertionError failure;
    private final List<Root> ended = new ArrayList<>();

    ModelLedger(Random random, boolean hookFails) {
        this.random = random;
        this.hookFails = hookFails;
    }

    ModelRow row(int number) {
        return rows.get(number);
    }

    List<ModelRow> rows(Batch batch) {
        return ModelRow.numbers(batch).stream().map(this::row).toList();
    }

    /** A batch is attempted, whole or in part. */
    void begun(Batch whole) {
        List<ModelRow> all = rows(whole);
        all.forEach(row -> row.seen = true);
        if (!roots.containsKey(all.get(0).number)) {
            Root root = new Root(all);
            all.forEach(row -> roots.put(row.number, root));
        }
    }

    boolean hasBegun(Batch whole) {
        return roots.containsKey(rows(whole).get(0).number);
    }

    /** The lake's answer for a piece. */
    void replied(Batch piece, Reply reply) {
        replies.put(piece.id().value(), reply);
        if (reply instanceof Reply.Unreadable || reply instanceof Reply.Refused refused && refused.status() == 500) {
            doubtful.add(piece.id().value());
        }
        boolean possible =
                reply instanceof Reply.Counted counted && counted.written() >= 0 && counted.written() <= piece.rows();
        written.put(piece.id().value(), possible ? ((Reply.Counted) reply).written() : 0);
    }

    /** Nothing that is told of an attempt that was given up counts any more. */
    boolean isAbandoned(Batch whole) {
        Root root = roots.get(rows(whole).get(0).number);
        return root != null && root.abandoned;
    }

    /** What was found wrong in a hook or a listener, where an engine must not let it through. */
    void rethrow() {
        if (failure != null) {
            throw failure;
        }
    }

    private void checked(Runnable check) {
        try {
            check.run();
        } catch (AssertionError e) {
            failure = failure == null ? e : failure;
        }
    }

    @Override
    public void keep(DeadLetter letter) {
        checked(() -> assertThat(isAbandoned(letter.batch()))
                .as("a letter for rows that were handed back: %s", letter)
                .isFalse());
        if (hookFails && random.nextInt(4) == 0) {
            corners.add("hook threw");
            if (random.nextBoolean()) {
                throw new DiskFull();
            }
            throw new Broken();
        }
        boolean first = letters.add(letter.batch().id().value());
        checked(() -> assertThat(first).as("one letter for %s", letter).isTrue());
        if (letter.reason() == DeadLetter.Reason.UNDELIVERED) {
            late.add(letter.batch().id().value());
        }
        corners.add("letter " + letter.reason());
    }

    @Override
    public void ended(Batch piece, Receipt.Part part, Duration elapsed) {
        checked(() -> account(piece, part, elapsed));
    }

    private void account(Batch piece, Receipt.Part part, Duration elapsed) {
        List<ModelRow> its = rows(piece);
        begunOrSkipped(piece, its);
        Root root = roots.get(its.get(0).number);
        assertThat(elapsed).isGreaterThanOrEqualTo(Duration.ZERO);
        if (part.message().contains("while an attempt was under way")) {
            handedBack(root, its);
            return;
        }
        assertThat(root.abandoned)
                .as("told of rows that were handed back: %s", part)
                .isFalse();
        int done = part.attempts() == 0 ? 0 : written.getOrDefault(piece.id().value(), 0);
        boolean kept = letters.contains(piece.id().value());
        assertThat(part.rows()).isEqualTo(its.size());
        assertThat(part.delivered()).as("rows of %s the lake wrote", part).isEqualTo(done);
        assertThat(part.dead()).as("rows of %s the hook has", part).isEqualTo(kept ? its.size() - done : 0);
        corners.add("part " + part.status());
        settle(root, its, done, kept);
        if (root.owner().writer == null && endsPush(piece.id().value(), part)) {
            corners.add("push hopeless");
            root.owner().hopeless = true;
        }
    }

    /** Whether this end surely is one that another batch would meet as well; of doubtful ones nothing is said. */
    private boolean endsPush(String piece, Receipt.Part part) {
        boolean held = part.status() == Receipt.Status.UNDELIVERED;
        return late.contains(piece)
                || held && part.message().contains("rows are refused, so the table")
                || held && part.attempts() > 0 && !doubtful.contains(piece) && isFinal(replies.get(piece));
    }

    private static boolean isFinal(@Nullable Reply last) {
        return last instanceof Reply.NotSent
                || last instanceof Reply.Unauthorized
                || last instanceof Reply.Refused refused
                        && List.of(404, 429, 503).contains(refused.status());
    }

    private void begunOrSkipped(Batch piece, List<ModelRow> its) {
        if (!roots.containsKey(its.get(0).number)) {
            begun(piece);
        }
    }

    private void settle(Root root, List<ModelRow> its, int done, boolean kept) {
        for (ModelRow row : its) {
            assertThat(row.fate).as("row %d has one end", row.number).isNull();
            row.fate = done == its.size()
                    ? ModelRow.Fate.DELIVERED
                    : !kept ? ModelRow.Fate.HELD : done > 0 ? ModelRow.Fate.PARTIAL : ModelRow.Fate.DEAD;
        }
        root.delivered += done;
        root.dead += kept ? its.size() - done : 0;
        root.held += kept ? 0 : its.size() - done;
        root.open -= its.size();
        if (root.open == 0) {
            commit(root);
        }
    }

    /** Rows of an attempt that was given up, or of one that was to follow it; what ended before stays so. */
    private void handedBack(Root root, List<ModelRow> its) {
        corners.add("abandoned");
        if (root.delivered + root.dead > 0) {
            corners.add("abandoned in part");
        }
        root.abandoned = true;
        settle(root, its, 0, false);
    }

    private void commit(Root root) {
        ModelOwner owner = root.owner();
        owner.delivered += root.delivered;
        owner.dead += root.dead;
        owner.held += root.held;
        ended.add(root);
    }

    /** The rows whose batches came to their end since the last call. */
    List<ModelRow> ended() {
        List<ModelRow> all = ended.stream().flatMap(root -> root.rows.stream()).toList();
        ended.clear();
        return all;
    }
}
