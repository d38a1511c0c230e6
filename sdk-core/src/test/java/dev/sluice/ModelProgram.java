package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.batch.Batch;
import dev.sluice.batch.RowBuffer;
import dev.sluice.receipt.RowStatus;
import dev.sluice.row.Destination;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.RowMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** The random program of a run: uses the client, its writers and its pushes as an application would. */
final class ModelProgram {
    private final ModelWorld world;
    private final ModelLake lake;
    private final ModelChecks checks;
    private final List<Batch> again = new ArrayList<>();
    private boolean closed;

    ModelProgram(ModelWorld world, ModelLake lake, ModelChecks checks) {
        this.world = world;
        this.lake = lake;
        this.checks = checks;
        for (int i = 0; i < 3; i++) {
            open();
        }
    }

    boolean isClosed() {
        return closed;
    }

    void step() {
        switch (world.random.nextInt(100)) {
            case 0, 1, 2 -> pushAsync();
            case 3 -> pushBatch();
            case 4, 5 -> flush(world.pick(world.owners));
            case 6, 7 -> takeHeld(world.pick(world.owners));
            case 8 -> wallClockBack();
            case 9 -> closeWriter(world.pick(world.owners));
            case 10 -> open();
            case 11 -> rarely(this::close);
            case 12 -> rarely(this::abort);
            default -> {
                switch (world.random.nextInt(8)) {
                    case 0, 1, 2 -> write(world.pick(world.owners));
                    case 3, 4 -> lake.depart();
                    case 5, 6 -> lake.land();
                    default -> lake.advance(world.millis(world.chance(4) ? 10_000 : 500));
                }
            }
        }
    }

    private void rarely(Runnable step) {
        if (world.chance(5)) {
            step.run();
        }
    }

    void open() {
        String table = world.pick(ModelWorld.TABLES);
        Destination to = world.chance(2) ? Destination.append(table) : Destination.merge(table, "id");
        Duration linger = world.chance(3) ? Duration.ZERO : world.millis(2_000);
        StreamWriter.Builder settings = world.client.writer(to).linger(linger);
        if (world.chance(2)) {
            settings.onUnknown(world.policy());
        }
        world.log("open " + to);
        ModelOwner owner = new ModelOwner(table, to.key().isPresent(), settings.open());
        owner.linger = linger;
        world.owners.add(owner);
    }

    private ModelRow row(ModelOwner owner, boolean keyed) {
        String key = owner.merge && keyed ? "k" + world.random.nextInt(6) : null;
        ModelRow row = new ModelRow(world.ledger.rows.size(), key, owner);
        world.ledger.rows.add(row);
        return row;
    }

    private void taken(ModelRow row) {
        row.owner.rows.add(row);
        row.owner.submitted++;
        row.owner.bytes += row.cost();
    }

    private void write(ModelOwner owner) {
        if (owner.writer == null) {
            return;
        }
        ModelRow row = row(owner, !world.chance(12));
        boolean offered = world.chance(3);
        world.log((offered ? "offer " : "write ") + row.number + " key " + row.key);
        // Counted before, for a keyless row meets its end while it is handed in, and taken back if it is refused.
        taken(row);
        boolean in = false;
        try {
            in = offered ? owner.writer.offer(row.value()) : watch(row, owner.writer.write(row.value()));
            row.takenAt = world.timing.nanos();
            world.ledger.corners.add(in ? "taken" : "offer refused");
            assertThat(owner.closed).as("a closed writer takes no row").isFalse();
            world.ledger.corners.addAll(owner.merge && row.key == null ? Set.of("keyless buried") : Set.of());
        } catch (BufferFullException e) {
            world.ledger.corners.add("write refused");
            assertThat(offered).as("offer does not throw: %s", e.getMessage()).isFalse();
        } catch (InvalidRowException e) {
            world.ledger.corners.add("keyless thrown");
        } catch (ClosedException e) {
            world.ledger.corners.add(owner.closed ? "late write" : "writer stopped");
        } finally {
            if (!in) {
                owner.rows.remove(row);
                owner.submitted--;
                owner.bytes -= row.cost();
            }
        }
    }

    private boolean watch(ModelRow row, CompletableFuture<RowStatus> future) {
        row.future = future;
        return true;
    }

    private PushRequest request(ModelOwner owner, int most) {
        List<Map<String, Object>> rows = new ArrayList<>();
        IntStream.range(0, world.random.nextInt(most)).forEach(i -> {
            ModelRow row = row(owner, !world.chance(30));
            owner.rows.add(row);
            rows.add(row.value());
        });
        PushRequest to = owner.merge ? PushRequest.merge(owner.table, "id") : PushRequest.append(owner.table);
        return (world.chance(2) ? to.onUnknown(world.policy()) : to).rows(rows);
    }

    private void pushAsync() {
        ModelOwner owner = new ModelOwner(world.pick(ModelWorld.TABLES), world.chance(2), null);
        PushRequest request = request(owner, world.chance(3) ? 70 : 8);
        world.log("push " + owner.rows.size() + " rows from " + (world.ledger.rows.size() - owner.rows.size()) + " to "
                + owner.table + (owner.merge ? " merging" : ""));
        world.owners.add(owner);
        countPush(owner);
        try {
            owner.receipt = world.client.pushAsync(request);
        } catch (BufferFullException | InvalidRowException e) {
            world.ledger.corners.add(e instanceof InvalidRowException ? "keyless thrown" : "push refused");
            forget(owner);
        }
    }

    /** Of rows with the same key the last one is sent. */
    private void countPush(ModelOwner owner) {
        Map<String, ModelRow> last = new HashMap<>();
        owner.submitted = owner.rows.size();
        for (ModelRow row : owner.rows) {
            ModelRow earlier = row.key == null ? null : last.put(row.key, row);
            owner.bytes += row.cost();
            if (earlier != null) {
                owner.superseded++;
                owner.bytes -= earlier.cost();
            }
        }
    }

    private void forget(ModelOwner owner) {
        world.owners.remove(owner);
        owner.rows.clear();
    }

    private void pushBatch() {
        ModelOwner owner = new ModelOwner(world.pick(ModelWorld.TABLES), false, null);
        Batch batch = again.isEmpty() || world.chance(2) ? batch(owner) : again.remove(0);
        if (owner.rows.isEmpty()) {
            world.ledger.corners.add("batch pushed again");
            batch = renumbered(owner, batch);
        }
        world.log("push " + batch.rows() + " rows as a batch to " + owner.table);
        world.owners.add(owner);
        countPush(owner);
        if (Books.cost(batch) > world.maxMemory) {
            world.roomForOne = Math.max(world.roomForOne, Books.cost(batch));
        }
        if (world.chance(6)) {
            Thread.currentThread().interrupt();
        }
        try {
            Accounts.balanced(world.client.push(batch));
        } catch (PushException e) {
            world.ledger.corners.add(e instanceof PushException.Aborted ? "interrupted" : "push failed");
            Accounts.balanced(e.receipt());
        } catch (BufferFullException e) {
            world.ledger.corners.add("push refused");
            forget(owner);
        } finally {
            Thread.interrupted();
        }
        if (Books.cost(batch) > world.maxMemory && world.owners.contains(owner)) {
            world.ledger.corners.add("single large batch");
        }
    }

    private Batch batch(ModelOwner owner) {
        int count = 1 + world.random.nextInt(world.chance(3) ? 100 : 5);
        IntStream.range(0, count).forEach(i -> owner.rows.add(row(owner, true)));
        return toBatch(owner);
    }

    /** What was held is pushed again; as rows of other numbers, so that the model can tell one time from the other. */
    private Batch renumbered(ModelOwner owner, Batch held) {
        IntStream.range(0, held.rows()).forEach(i -> owner.rows.add(row(owner, true)));
        return toBatch(owner);
    }

    private static Batch toBatch(ModelOwner owner) {
        RowBuffer buffer = new RowBuffer();
        owner.rows.forEach(row -> buffer.add(RowMapper.standard().map(row.value())));
        return buffer.toBatch(dev.sluice.batch.BatchId.random(), Destination.append(owner.table));
    }

    private void flush(ModelOwner owner) {
        if (owner.writer == null) {
            return;
        }
        Duration time = world.chance(4) ? Duration.ofSeconds(3) : Duration.ZERO;
        world.log("flush " + owner.table + " for " + time);
        try {
            Ledger all = owner.writer.flush(time);
            assertThat(all.pending()).isZero();
        } catch (FlushTimeoutException e) {
            world.ledger.corners.add("flush timed out");
            if (time.isZero()) {
                assertThat(owner.writer.ledger().pending()).isPositive();
            }
        } catch (PushException e) {
            assertThat(owner.held).isPositive();
        }
    }

    private void takeHeld(ModelOwner owner) {
        if (owner.writer == null) {
            return;
        }
        world.log("take what is held for " + owner.table);
        handedOver(owner.writer.takeHeld());
    }

    private void handedOver(List<Held> held) {
        for (Held one : held) {
            world.ledger.corners.add("held taken");
            for (ModelRow row : world.ledger.rows(one.batch())) {
                assertThat(row.fate).isEqualTo(ModelRow.Fate.HELD);
                assertThat(row.reported)
                        .as("row %d is handed over once", row.number)
                        .isFalse();
                row.reported = true;
                row.owner.bytes -= row.owner.writer == null ? 0 : row.cost();
            }
            world.failed(one.cause());
            again.add(one.batch());
        }
    }

    private void wallClockBack() {
        world.log("set the wall clock back");
        world.ledger.corners.add("wall clock back");
        world.timing.setWallClock(world.timing.now().minus(Duration.ofDays(world.random.nextInt(400))));
    }

    private void closeWriter(ModelOwner owner) {
        if (owner.writer == null) {
            return;
        }
        Duration time = world.chance(2) ? Duration.ofSeconds(5) : Duration.ZERO;
        world.log("close the writer to " + owner.table + " in " + time);
        lake.stuck = world.chance(3);
        CloseReport report = owner.writer.close(time);
        lake.stuck = false;
        owner.closed = true;
        world.ledger.corners.add("writer closed");
        checks.collect();
        handedOver(report.held());
        assertThat(report.ledger().pending()).isZero();
        Set<ModelRow> left = new HashSet<>(owner.rows);
        left.removeIf(row -> row.fate != ModelRow.Fate.HELD || row.reported);
        assertThat(left).as("rows held and not handed over").isEmpty();
        assertThat(owner.bytes - owner.supersededBytes()).isZero();
    }

    private void abort() {
        world.log("abort");
        world.ledger.corners.add("aborted");
        world.client.abort();
        lake.waitsAnew();
        checks.check();
        close();
    }

    void close() {
        Duration time = world.chance(2) ? Duration.ofSeconds(30) : Duration.ZERO;
        world.ledger.corners.add(time.isZero() ? "closed at once" : "closed in peace");
        world.log("close in " + time);
        lake.healthy = !time.isZero() && world.chance(2);
        Set<ModelRow> unsettled = new HashSet<>();
        world.ledger.rows.stream().filter(row -> row.fate == null).forEach(unsettled::add);
        lake.stuck = !lake.healthy && world.chance(2);
        CloseReport report = world.client.close(time);
        lake.stuck = false;
        closed = true;
        checks.collect();
        handedOver(report.held());
        assertThat(report.ledger().pending()).isZero();
        assertThat(report.ledger()).isEqualTo(world.client.ledger());
        for (ModelOwner owner : world.owners) {
            for (ModelRow row : owner.rows) {
                boolean left = row.fate == ModelRow.Fate.HELD
                        && (owner.writer != null || owner.receipt != null && unsettled.contains(row));
                if (left) {
                    assertThat(row.reported)
                            .as("row %d, which is held, is handed over", row.number)
                            .isTrue();
                }
            }
        }
    }
}
