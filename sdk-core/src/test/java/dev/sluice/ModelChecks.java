package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sluice.receipt.Receipt;
import dev.sluice.receipt.RowStatus;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What must hold of a run: the client's sums, futures and lingering after every step, each writer's and table's account
 * and the memory, which cost more, after every fourth, and all of it in the end.
 */
final class ModelChecks {
    private static final int ALL_EVERY = 4;
    private static final Duration FOR_EVER = Duration.ofDays(10_000);

    private final ModelWorld world;
    private int checks;

    ModelChecks(ModelWorld world) {
        this.world = world;
    }

    /** What is cheap after every step, all of it after every fourth. */
    void check() {
        checkSum();
        if (checks++ % ALL_EVERY == 0) {
            checkAll();
        }
    }

    private void checkSum() {
        world.ledger.rethrow();
        collect();
        Ledger all = world.client.ledger();
        balanced(all);
        long[] sums = new long[4];
        world.owners.forEach(owner -> add(sums, owner));
        checkSums(all, sums, "the client");
        checkLinger();
    }

    private void checkAll() {
        Ledger all = Ledger.EMPTY;
        world.owners.forEach(this::checkWriter);
        for (String table : ModelWorld.TABLES) {
            checkTable(table);
            all = all.plus(world.client.ledger(table));
        }
        assertThat(world.client.ledger()).isEqualTo(all);
        checkMemory();
    }

    private static void add(long[] sums, ModelOwner owner) {
        sums[0] += owner.submitted;
        sums[1] += owner.delivered;
        sums[2] += owner.dead;
        sums[3] += owner.held;
    }

    private static void checkSums(Ledger its, long[] sums, String whose) {
        if (!agree(its, sums)) {
            fail("%s says %s and the model %s", whose, its, Arrays.toString(sums));
        }
    }

    /** Compares without an assertion object, for this is done very often. */
    private static boolean agree(Ledger its, long[] sums) {
        return its.submitted() == sums[0]
                && its.delivered() == sums[1]
                && its.dead() == sums[2]
                && its.held() == sums[3];
    }

    /** While no batch is under way, what a writer has pending is in its open batch. */
    private void checkLinger() {
        Duration due = world.crew.dueIn().orElse(FOR_EVER);
        if (!due.isZero() && world.crew.isIdle()) {
            for (ModelOwner owner : world.owners) {
                if (owner.writer != null && owner.writer.ledger().pending() > 0) {
                    checkLinger(owner, owner.writer.ledger().pending(), due);
                }
            }
        }
    }

    private void checkLinger(ModelOwner owner, long pending, Duration due) {
        List<ModelRow> open =
                owner.rows.stream().filter(row -> row.fate == null).toList();
        long since = open.get(open.size() - (int) pending).takenAt;
        world.ledger.corners.add("lingers");
        assertThat(Duration.ofNanos(world.timing.nanos() - since).plus(due))
                .as("how long a row waits in the open batch of a writer to %s", owner.table)
                .isLessThanOrEqualTo(owner.linger);
    }

    private void checkWriter(ModelOwner owner) {
        if (owner.writer != null) {
            Ledger its = owner.writer.ledger();
            long[] sums = new long[4];
            add(sums, owner);
            balanced(its);
            checkSums(its, sums, owner.table);
            if (its.superseded() > (owner.merge ? owner.submitted : 0)) {
                fail("a writer to %s superseded too many: %s", owner.table, its);
            }
        }
    }

    private void checkTable(String table) {
        long[] sums = new long[4];
        long superseded = 0;
        for (ModelOwner owner : world.owners) {
            if (owner.table.equals(table)) {
                add(sums, owner);
                superseded += owner.writer == null
                        ? owner.superseded
                        : owner.writer.ledger().superseded();
            }
        }
        Ledger its = world.client.ledger(table);
        balanced(its);
        checkSums(its, sums, table);
        assertThat(its.superseded()).isEqualTo(superseded);
    }

    private static void balanced(Ledger its) {
        long sum = its.delivered() + its.superseded() + its.dead() + its.held() + its.pending();
        if (sum != its.submitted() || its.pending() < 0 || its.superseded() < 0) {
            fail("out of balance: %s", its);
        }
    }

    private void checkMemory() {
        long bytes = world.owners.stream().mapToLong(owner -> owner.bytes).sum();
        boolean exact = world.owners.stream().noneMatch(owner -> owner.merge && owner.writer != null);
        assertThat(world.client.pendingBytes())
                .isNotNegative()
                .isLessThanOrEqualTo(Math.max(world.maxMemory, world.roomForOne));
        if (exact) {
            assertThat(world.client.pendingBytes()).isEqualTo(bytes);
        } else {
            assertThat(world.client.pendingBytes()).isLessThanOrEqualTo(bytes);
        }
    }

    /** Takes in the batches that came to their end in this step: their rows' futures must be complete. */
    void collect() {
        for (ModelRow row : world.ledger.ended()) {
            boolean kept = row.owner.writer != null && row.fate == ModelRow.Fate.HELD;
            row.owner.bytes -= kept ? 0 : row.cost();
            if (row.future != null) {
                checkFuture(row, row.future);
            }
        }
        for (ModelOwner owner : world.owners) {
            boolean over = owner.delivered + owner.dead + owner.held + owner.superseded == owner.submitted;
            if (owner.receipt != null && owner.receipt.isDone() != over) {
                fail("a push of which all is over: %s, says %s", over, owner.receipt);
            }
        }
    }

    private void checkFuture(ModelRow row, CompletableFuture<RowStatus> future) {
        assertThat(future.isDone())
                .as("the future of row %d, which is %s", row.number, row.fate)
                .isTrue();
        assertThat(future.isCompletedExceptionally())
                .as("row %d, which is %s, fails", row.number, row.fate)
                .isEqualTo(row.fate == ModelRow.Fate.HELD);
        if (future.isCompletedExceptionally()) {
            world.ledger.corners.add("row failed");
            return;
        }
        RowStatus status = future.join();
        world.ledger.corners.add("row " + status);
        boolean right = switch (java.util.Objects.requireNonNull(row.fate)) {
            case DELIVERED -> status == RowStatus.ACCEPTED || status == RowStatus.COMMITTED;
            case PARTIAL -> status == RowStatus.PARTIAL;
            case DEAD -> status == RowStatus.DEAD;
            case HELD -> false;
        };
        assertThat(right)
                .as("row %d is %s and its future says %s", row.number, row.fate, status)
                .isTrue();
    }

    void finalCheck() {
        checkSum();
        checkAll();
        assertThat(world.crew.isIdle()).isTrue();
        assertThat(world.crew.isClosed()).isTrue();
        assertThat(world.client.ledger().pending()).isZero();
        world.owners.forEach(this::finalCheck);
        assertThat(world.client.pendingBytes()).isZero();
    }

    private void finalCheck(ModelOwner owner) {
        long superseded = 0;
        for (ModelRow row : owner.rows) {
            if (row.fate == null) {
                superseded++;
                checkSuperseded(row);
            }
        }
        assertThat(superseded)
                .isEqualTo(
                        owner.writer == null
                                ? owner.superseded
                                : owner.writer.ledger().superseded());
        assertThat(owner.bytes - owner.supersededBytes())
                .as("bytes of what is settled")
                .isZero();
        if (owner.receipt != null) {
            checkReceipt(owner, owner.receipt);
        }
    }

    /** A row without an end was superseded: it was never seen again, and a later one of its key was. */
    private void checkSuperseded(ModelRow row) {
        assertThat(row.seen).as("row %d, superseded, was sent", row.number).isFalse();
        assertThat(row.owner.rows)
                .as("a row after %d that took its place", row.number)
                .anyMatch(other -> other.number > row.number
                        && other.fate != null
                        && row.key != null
                        && row.key.equals(other.key));
        if (row.future != null) {
            assertThat(row.future).isCompletedWithValue(RowStatus.SUPERSEDED);
            world.ledger.corners.add("row SUPERSEDED");
        }
    }

    private void checkReceipt(ModelOwner owner, CompletableFuture<Receipt> future) {
        Throwable failure = future.handle((receipt, cause) -> cause).join();
        Receipt receipt = failure instanceof PushException left ? left.receipt() : future.join();
        if (failure != null) {
            world.failed(failure);
        }
        Accounts.balanced(receipt);
        assertThat(List.of(receipt.delivered(), receipt.superseded(), receipt.dead(), receipt.undelivered()))
                .isEqualTo(List.of((int) owner.delivered, (int) owner.superseded, (int) owner.dead, (int) owner.held));
        assertThat(failure != null).isEqualTo(owner.held > 0);
    }
}
