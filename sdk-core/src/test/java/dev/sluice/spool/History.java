package dev.sluice.spool;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.row.Destination;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** What a spool went through, one visible step after the other, and what is in it after each. */
final class History {
    static final List<String> TABLES = List.of("bronze.a", "bronze.b", "silver.c");
    private static final int BATCHES = 36;
    private static final int LARGE = 9;

    private final List<Consumer<Spool>> steps = new ArrayList<>();
    private final Random random;

    History(long seed) {
        random = new Random(seed);
        for (int number = 0; number < BATCHES; number++) {
            Batch batch = batch(number);
            boolean remembered = number % 2 == 0;
            steps.add(spool -> spool.put(List.of(batch), remembered));
            if (number % 3 == 2) {
                steps.add(step(number, TABLES.get(random.nextInt(TABLES.size()))));
            }
        }
    }

    List<Consumer<Spool>> steps() {
        return List.copyOf(steps);
    }

    /** What is in it after each number of steps, none included, as {@link #drain} tells. */
    List<List<String>> states() {
        List<List<String>> states = new ArrayList<>();
        for (int count = 0; count <= steps.size(); count++) {
            List<String> state = new ArrayList<>();
            try (Spool spool = new MemorySpool(Spool.DEFAULT_MAX_BYTES, new HandClock())) {
                steps.subList(0, count).forEach(step -> step.accept(spool));
                drain(spool, state);
            }
            states.add(state);
        }
        return states;
    }

    /** Takes out all there is, line by line, so that there is something to look at if it fails on the way. */
    static void drain(Spool spool, List<String> lines) {
        spool.backlog().forEach(one -> lines.add(one.toString()));
        for (DeadLetterStore.Entry entry : spool.deadLetters().list()) {
            lines.add("letter " + entry);
            lines.add("letter " + Samples.told(spool.deadLetters().read(entry.name())));
        }
        for (int number = 0; number < BATCHES; number++) {
            lines.add("b" + number + " before " + spool.knows(new BatchId("b" + number)));
        }
        Set<Spool.Claim> claims = new LinkedHashSet<>();
        TABLES.forEach(table -> drain(spool, table, claims, lines));
        claims.forEach(claim -> end(spool, claim));
        for (int number = 0; number < BATCHES; number++) {
            lines.add("b" + number + " after " + spool.knows(new BatchId("b" + number)));
        }
    }

    private static void drain(Spool spool, String table, Set<Spool.Claim> claims, List<String> lines) {
        while (spool.next(table).isPresent()) {
            Spool.Claim claim = spool.claim(table).orElseThrow(() -> new AssertionError("no claim of " + table));
            claims.add(claim);
            lines.add("claim " + Samples.told(claim));
        }
    }

    private static void end(Spool spool, Spool.Claim claim) {
        for (int row = 0; row < claim.batch().rows(); row++) {
            Span one = new Span(row, 1);
            if (claim.ended().stream().noneMatch(one::overlaps) && !spool.end(claim.lease(), one, null)) {
                throw new AssertionError("the lease of " + claim.batch() + " has ended");
            }
        }
    }

    private static Batch batch(int number) {
        String table = TABLES.get(number % TABLES.size());
        Destination to =
                table.startsWith("silver") ? Destination.merge(table, "n").tag("t", "ü") : Destination.append(table);
        return Samples.batch("b" + number, to, 2 + number % 7, number % LARGE == 1 ? 900 : 4);
    }

    private Consumer<Spool> step(int number, String table) {
        return switch (number / 3 % 6) {
            case 0, 3 -> leased(table, (spool, claim) -> spool.end(claim.lease(), new Span(1, 1), null));
            case 1 -> leased(table, (spool, claim) -> spool.attempting(claim.lease(), new Span(0, 2)));
            case 2 -> leased(table, (spool, claim) -> spool.end(claim.lease(), Span.of(claim.batch()), null));
            case 4 ->
                leased(
                        table,
                        (spool, claim) ->
                                spool.end(claim.lease(), Span.of(claim.batch()), Samples.letter(claim.batch(), null)));
            default -> spool -> spool.forget(new BatchId("b" + (number / 2 * 2 - 2)));
        };
    }

    private interface Use {
        boolean of(Spool spool, Spool.Claim claim);
    }

    /** A claim and its return are not seen when the spool is opened again, so this is one step for those who do. */
    private static Consumer<Spool> leased(String table, Use use) {
        return spool -> spool.claim(table).ifPresent(claim -> {
            boolean possible = claim.ended().isEmpty() && claim.doubt() == null;
            if (possible) {
                use.of(spool, claim);
            }
            spool.release(claim.lease());
        });
    }
}
