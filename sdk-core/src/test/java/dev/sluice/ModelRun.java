package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchPolicy;
import dev.sluice.batch.RowBuffer;
import dev.sluice.receipt.Receipt;
import dev.sluice.receipt.RowStatus;
import dev.sluice.row.Destination;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.RowMapper;
import dev.sluice.transport.Reply;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** One client, a random program that uses it, and the checks after each step. */
final class ModelRun {
    private static final List<String> TABLES = List.of("a.one", "a.two", "b.three");

    /** An attempt that is on its way. */
    private record Flight(Job job, Batch piece) {
        Batch whole() {
            return job.delivery().batch();
        }

        String table() {
            return piece.destination().table();
        }

        boolean merges() {
            return piece.destination().key().isPresent();
        }
    }

    private final Random random;
    private final ManualTiming timing = new ManualTiming();
    private final ModelLedger ledger;
    private final StreamClient client;
    private final HandCrew crew;
    private final boolean hook;
    private final int maxInFlight;
    private final long maxMemory;
    private final double calm;
    private final List<ModelOwner> owners = new ArrayList<>();
    private final Map<String, Integer> lastPushed = new HashMap<>();
    private final List<Flight> flights = new ArrayList<>();
    private final Deque<String> steps = new ArrayDeque<>();
    private final List<Batch> again = new ArrayList<>();
    private long roomForOne;
    private int looks;
    private boolean closed;
    private final boolean refusing;
    private boolean healthy;
    private boolean stuck;

    ModelRun(int seed) {
        this.random = new Random(seed);
        this.hook = random.nextInt(3) > 0;
        this.ledger = new ModelLedger(random, random.nextInt(3) == 0);
        this.maxInFlight = 1 + random.nextInt(4);
        this.maxMemory = chance(2) ? 1_000 + random.nextInt(3_000) : 1_000_000;
        this.roomForOne = maxMemory;
        this.refusing = chance(12);
        this.calm = 0.1 + 0.9 * random.nextDouble();
        HandCrew[] made = new HandCrew[1];
        this.client = settings()
                .crew(dispatcher -> made[0] = new HandCrew(dispatcher))
                .build();
        this.crew = made[0];
        crew.meanwhile(this::meanwhile);
        ledger.corners.add(hook ? "hook" : "no hook");
        for (int i = 0; i < 3; i++) {
            open();
        }
    }

    private StreamClient.Builder settings() {
        StreamClient.Builder settings = StreamClient.builder()
                .transport(new ScriptedTransport())
                .timing(timing)
                .listener(ledger)
                .maxInFlight(maxInFlight)
                .maxMemory(maxMemory)
                .maxBlock(chance(2) ? Duration.ZERO : Duration.ofSeconds(5))
                .batches(new BatchPolicy(1 + random.nextInt(chance(3) ? 60 : 6), 200 + random.nextInt(2_000)))
                .retries(new RetryPolicy(
                        1 + random.nextInt(5),
                        millis(1_000),
                        Duration.ofSeconds(2),
                        millis(20_000).plusMillis(1)));
        if (hook) {
            settings.deadLetters(ledger);
        }
        if (chance(3)) {
            settings.rateLimit(new RateLimit(1 + random.nextInt(5), millis(2_000)));
            settings.tableRateLimit(new RateLimit(1 + random.nextInt(3), millis(2_000)));
        }
        if (chance(2)) {
            settings.retryBudget(new RateLimit(1 + random.nextInt(3), millis(5_000)));
        }
        if (chance(2)) {
            settings.circuitBreaker(new CircuitBreaker(50, 2 + random.nextInt(4), millis(30_000)));
            settings.tableCircuitBreaker(new CircuitBreaker(50, 2 + random.nextInt(4), millis(30_000)));
        }
        return settings.onUnknown(policy());
    }

    private UnknownPolicy policy() {
        UnknownPolicy policy = UnknownPolicy.values()[random.nextInt(hook ? 3 : 2)];
        boolean possible = policy != UnknownPolicy.DEAD_LETTER || hook;
        UnknownPolicy chosen = possible ? policy : UnknownPolicy.HOLD;
        ledger.corners.add("policy " + chosen);
        return chosen;
    }

    void run(int count) {
        for (int i = 0; i < count && !closed; i++) {
            step();
            check();
        }
        if (!closed) {
            close();
            check();
        }
        landAll();
        finalCheck();
    }

    String lastSteps() {
        return String.join("; ", steps);
    }

    Set<String> corners() {
        return ledger.corners;
    }

    @Override
    public String toString() {
        return client.ledger() + ", " + client.pendingBytes() + " bytes, " + flights.size() + " in flight";
    }

    // What the program does.

    private void step() {
        switch (random.nextInt(100)) {
            case 0, 1, 2 -> pushAsync();
            case 3 -> pushBatch();
            case 4, 5 -> flush(pick(owners));
            case 6, 7 -> takeHeld(pick(owners));
            case 8 -> wallClockBack();
            case 9 -> closeWriter(pick(owners));
            case 10 -> open();
            case 11 -> rarely(this::close);
            case 12 -> rarely(this::abort);
            default -> {
                switch (random.nextInt(8)) {
                    case 0, 1, 2 -> write(pick(owners));
                    case 3, 4 -> depart();
                    case 5, 6 -> land();
                    default -> advance(millis(chance(4) ? 10_000 : 500));
                }
            }
        }
    }

    private void rarely(Runnable step) {
        if (chance(5)) {
            step.run();
        }
    }

    private void open() {
        String table = pick(TABLES);
        Destination to = chance(2) ? Destination.append(table) : Destination.merge(table, "id");
        StreamWriter.Builder settings = client.writer(to).linger(chance(3) ? Duration.ZERO : millis(2_000));
        if (chance(2)) {
            settings.onUnknown(policy());
        }
        log("open " + to);
        owners.add(new ModelOwner(table, to.key().isPresent(), settings.open()));
    }

    private ModelRow row(ModelOwner owner, boolean keyed) {
        String key = owner.merge && keyed ? "k" + random.nextInt(6) : null;
        ModelRow row = new ModelRow(ledger.rows.size(), key, owner);
        ledger.rows.add(row);
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
        ModelRow row = row(owner, !chance(12));
        boolean offered = chance(3);
        log((offered ? "offer " : "write ") + row.number + " key " + row.key);
        // Counted before, for a keyless row meets its end while it is handed in, and taken back if it is refused.
        taken(row);
        boolean in = false;
        try {
            in = offered ? owner.writer.offer(row.value()) : watch(row, owner.writer.write(row.value()));
            ledger.corners.add(in ? "taken" : "offer refused");
            assertThat(owner.closed).as("a closed writer takes no row").isFalse();
            ledger.corners.addAll(owner.merge && row.key == null ? Set.of("keyless buried") : Set.of());
        } catch (BufferFullException e) {
            ledger.corners.add("write refused");
            assertThat(offered).as("offer does not throw: %s", e.getMessage()).isFalse();
        } catch (InvalidRowException e) {
            ledger.corners.add("keyless thrown");
        } catch (ClosedException e) {
            ledger.corners.add(owner.closed ? "late write" : "writer stopped");
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
        IntStream.range(0, random.nextInt(most)).forEach(i -> {
            ModelRow row = row(owner, !chance(30));
            owner.rows.add(row);
            rows.add(row.value());
        });
        PushRequest to = owner.merge ? PushRequest.merge(owner.table, "id") : PushRequest.append(owner.table);
        return (chance(2) ? to.onUnknown(policy()) : to).rows(rows);
    }

    private void pushAsync() {
        ModelOwner owner = new ModelOwner(pick(TABLES), chance(2), null);
        PushRequest request = request(owner, chance(3) ? 70 : 8);
        log("push " + owner.rows.size() + " rows from " + (ledger.rows.size() - owner.rows.size()) + " to "
                + owner.table + (owner.merge ? " merging" : ""));
        owners.add(owner);
        countPush(owner);
        try {
            owner.receipt = client.pushAsync(request);
        } catch (BufferFullException | InvalidRowException e) {
            ledger.corners.add(e instanceof InvalidRowException ? "keyless thrown" : "push refused");
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
        owners.remove(owner);
        owner.rows.clear();
    }

    private void pushBatch() {
        ModelOwner owner = new ModelOwner(pick(TABLES), false, null);
        Batch batch = again.isEmpty() || chance(2) ? batch(owner) : again.remove(0);
        if (owner.rows.isEmpty()) {
            ledger.corners.add("batch pushed again");
            batch = renumbered(owner, batch);
        }
        log("push " + batch.rows() + " rows as a batch to " + owner.table);
        owners.add(owner);
        countPush(owner);
        if (Books.cost(batch) > maxMemory) {
            roomForOne = Math.max(roomForOne, Books.cost(batch));
        }
        if (chance(6)) {
            Thread.currentThread().interrupt();
        }
        try {
            Accounts.balanced(client.push(batch));
        } catch (PushException e) {
            ledger.corners.add(e instanceof PushException.Aborted ? "interrupted" : "push failed");
            Accounts.balanced(e.receipt());
        } catch (BufferFullException e) {
            ledger.corners.add("push refused");
            forget(owner);
        } finally {
            Thread.interrupted();
        }
        if (Books.cost(batch) > maxMemory && owners.contains(owner)) {
            ledger.corners.add("single large batch");
        }
    }

    private Batch batch(ModelOwner owner) {
        int count = 1 + random.nextInt(chance(3) ? 100 : 5);
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
        Duration time = chance(4) ? Duration.ofSeconds(3) : Duration.ZERO;
        log("flush " + owner.table + " for " + time);
        try {
            Ledger all = owner.writer.flush(time);
            assertThat(all.pending()).isZero();
        } catch (FlushTimeoutException e) {
            ledger.corners.add("flush timed out");
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
        log("take what is held for " + owner.table);
        handedOver(owner.writer.takeHeld());
    }

    private void handedOver(List<Held> held) {
        for (Held one : held) {
            ledger.corners.add("held taken");
            for (ModelRow row : ledger.rows(one.batch())) {
                assertThat(row.fate).isEqualTo(ModelRow.Fate.HELD);
                assertThat(row.reported)
                        .as("row %d is handed over once", row.number)
                        .isFalse();
                row.reported = true;
                row.owner.bytes -= row.owner.writer == null ? 0 : row.cost();
            }
            failed(one.cause());
            again.add(one.batch());
        }
    }

    private void failed(Throwable cause) {
        ledger.corners.add("held " + cause.getClass().getSimpleName());
        String words = String.valueOf(cause.getMessage());
        if (words.contains("rows are refused, so the table")) {
            ledger.corners.add("held systemic");
        }
        if (words.contains("not tried after")) {
            ledger.corners.add("held not tried");
        }
        if (words.contains("the circuit breaker is open")) {
            ledger.corners.add("breaker open");
        }
    }

    private void wallClockBack() {
        log("set the wall clock back");
        ledger.corners.add("wall clock back");
        timing.setWallClock(timing.now().minus(Duration.ofDays(random.nextInt(400))));
    }

    private void closeWriter(ModelOwner owner) {
        if (owner.writer == null) {
            return;
        }
        Duration time = chance(2) ? Duration.ofSeconds(5) : Duration.ZERO;
        log("close the writer to " + owner.table + " in " + time);
        stuck = chance(3);
        CloseReport report = owner.writer.close(time);
        stuck = false;
        owner.closed = true;
        ledger.corners.add("writer closed");
        collect();
        handedOver(report.held());
        assertThat(report.ledger().pending()).isZero();
        Set<ModelRow> left = new HashSet<>(owner.rows);
        left.removeIf(row -> row.fate != ModelRow.Fate.HELD || row.reported);
        assertThat(left).as("rows held and not handed over").isEmpty();
        assertThat(owner.bytes - supersededBytes(owner)).isZero();
    }

    private void abort() {
        log("abort");
        ledger.corners.add("aborted");
        client.abort();
        check();
        close();
    }

    private void close() {
        Duration time = chance(2) ? Duration.ofSeconds(30) : Duration.ZERO;
        ledger.corners.add(time.isZero() ? "closed at once" : "closed in peace");
        log("close in " + time);
        healthy = !time.isZero() && chance(2);
        Set<ModelRow> unsettled = new HashSet<>();
        ledger.rows.stream().filter(row -> row.fate == null).forEach(unsettled::add);
        stuck = !healthy && chance(2);
        CloseReport report = client.close(time);
        stuck = false;
        closed = true;
        collect();
        handedOver(report.held());
        assertThat(report.ledger().pending()).isZero();
        assertThat(report.ledger()).isEqualTo(client.ledger());
        for (ModelOwner owner : owners) {
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

    // What the crew and the lake do.

    /** One step while the program waits; false if it waits for nothing. */
    private boolean meanwhile() {
        if (++looks > 20_000) {
            fail("waits for ever: %s", this);
        }
        if (stuck) {
            return false;
        }
        boolean departed = depart();
        if (!flights.isEmpty() && (!departed || chance(2))) {
            land();
            return true;
        }
        if (departed) {
            return true;
        }
        Optional<Duration> due = crew.dueIn();
        due.ifPresent(time -> {
            assertThat(time).as("what is due now is taken").isPositive();
            advance(time);
        });
        return due.isPresent();
    }

    private void advance(Duration time) {
        log("advance " + time);
        timing.advance(time);
    }

    /** A thread of the crew takes what is to be done next. */
    private boolean depart() {
        Optional<Runnable> next = crew.take();
        if (next.isEmpty()) {
            assertThat(crew.dueIn().orElse(Duration.ofNanos(1)))
                    .as("what is due now is taken")
                    .isPositive();
            return false;
        }
        if (next.get() instanceof Job job) {
            depart(job);
        } else {
            log("alarm");
            next.get().run();
        }
        return true;
    }

    private void depart(Job job) {
        ledger.begun(job.delivery().batch());
        Optional<Batch> piece = job.begin();
        log("begin " + piece.map(Batch::toString).orElse("nothing"));
        piece.ifPresent(batch -> {
            assertThat(job.delivery().owner().aborted())
                    .as("nothing is attempted once aborted")
                    .isEmpty();
            flights.add(new Flight(job, batch));
            checkOrder(batch);
            checkPlaces(batch.destination().table());
        });
    }

    private void checkPlaces(String table) {
        List<Flight> its =
                flights.stream().filter(flight -> flight.table().equals(table)).toList();
        boolean merging = its.stream().anyMatch(Flight::merges);
        assertThat(its.size()).as("in flight to %s", table).isLessThanOrEqualTo(merging ? 1 : maxInFlight);
    }

    /** Rows of one owner are numbered as they were handed in, and pushes to one table as well. */
    private void checkOrder(Batch piece) {
        ModelRow first = ledger.rows(piece).get(0);
        ModelOwner owner = first.owner;
        if (!owner.merge) {
            return;
        }
        assertThat(first.number).as("merges go in order").isGreaterThanOrEqualTo(owner.lastAttempted);
        owner.lastAttempted = first.number;
        if (owner.writer == null) {
            int last = lastPushed.getOrDefault(owner.table, -1);
            assertThat(first.number).as("merging pushes go in order").isGreaterThanOrEqualTo(last);
            lastPushed.put(owner.table, first.number);
        }
    }

    /** One of the attempts that are under way ends, whichever. */
    private void land() {
        if (flights.isEmpty()) {
            return;
        }
        Flight flight = flights.remove(random.nextInt(flights.size()));
        if (ledger.isAbandoned(flight.whole())) {
            ledger.corners.add("late end");
        }
        Reply reply = reply(flight.piece());
        log("reply " + reply + " to " + flight.piece());
        ledger.replied(flight.piece(), reply);
        flight.job().finish(flight.piece(), reply);
        // An abort interrupts whoever sends, which no one does here.
        looks = 0;
    }

    private void landAll() {
        while (!flights.isEmpty()) {
            land();
            check();
        }
    }

    private Reply reply(Batch piece) {
        if (refusing && !healthy) {
            return Replies.refused(chance(4) ? 413 : 400);
        }
        if (healthy || random.nextDouble() < calm) {
            return chance(3) ? Replies.committed(piece.rows(), "snap_1") : Replies.allWritten(piece);
        }
        return switch (random.nextInt(16)) {
            case 0 -> Replies.unreadable();
            case 1 -> Replies.refused(500);
            case 2, 3 -> Replies.notSent();
            case 4 -> Replies.refused(503);
            case 5 -> Replies.later(429, millis(40_000));
            case 6 -> chance(4) ? Replies.refused(404) : Replies.notSent();
            case 7 -> Replies.unauthorized(!chance(4));
            case 8, 9 -> Replies.refused(413);
            case 10, 11 -> Replies.refused(400);
            case 12 -> Replies.written(0, piece.rows());
            case 13, 14 -> Replies.written(random.nextInt(piece.rows()), 1);
            default -> Replies.written(piece.rows() + 1, 0);
        };
    }

    // What must hold after every step.

    private void check() {
        ledger.rethrow();
        looks = 0;
        collect();
        Ledger all = Ledger.EMPTY;
        for (ModelOwner owner : owners) {
            checkWriter(owner);
        }
        for (String table : TABLES) {
            checkTable(table);
            all = all.plus(client.ledger(table));
        }
        assertThat(client.ledger()).isEqualTo(all);
        balanced(all);
        checkMemory();
    }

    private void checkWriter(ModelOwner owner) {
        if (owner.writer != null) {
            Ledger its = owner.writer.ledger();
            balanced(its);
            assertThat(List.of(its.submitted(), its.delivered(), its.dead(), its.held()))
                    .as("submitted, delivered, dead and held of a writer to %s", owner.table)
                    .isEqualTo(List.of(owner.submitted, owner.delivered, owner.dead, owner.held));
            assertThat(its.superseded()).isLessThanOrEqualTo(owner.merge ? owner.submitted : 0);
        }
    }

    private void checkTable(String table) {
        long[] sums = new long[4];
        long superseded = 0;
        for (ModelOwner owner : owners) {
            if (owner.table.equals(table)) {
                sums[0] += owner.submitted;
                sums[1] += owner.delivered;
                sums[2] += owner.dead;
                sums[3] += owner.held;
                superseded += owner.writer == null
                        ? owner.superseded
                        : owner.writer.ledger().superseded();
            }
        }
        Ledger its = client.ledger(table);
        balanced(its);
        assertThat(new long[] {its.submitted(), its.delivered(), its.dead(), its.held()})
                .as("submitted, delivered, dead and held of %s", table)
                .isEqualTo(sums);
        assertThat(its.superseded()).isEqualTo(superseded);
    }

    private static void balanced(Ledger ledger) {
        assertThat(ledger.delivered() + ledger.superseded() + ledger.dead() + ledger.held() + ledger.pending())
                .isEqualTo(ledger.submitted());
        assertThat(ledger.pending()).isNotNegative();
        assertThat(ledger.superseded()).isNotNegative();
    }

    private void checkMemory() {
        long bytes = owners.stream().mapToLong(owner -> owner.bytes).sum();
        boolean exact = owners.stream().noneMatch(owner -> owner.merge && owner.writer != null);
        assertThat(client.pendingBytes()).isNotNegative().isLessThanOrEqualTo(Math.max(maxMemory, roomForOne));
        if (exact) {
            assertThat(client.pendingBytes()).isEqualTo(bytes);
        } else {
            assertThat(client.pendingBytes()).isLessThanOrEqualTo(bytes);
        }
    }

    /** Takes in the batches that came to their end in this step: their rows' futures must be complete. */
    private void collect() {
        for (ModelRow row : ledger.ended()) {
            boolean kept = row.owner.writer != null && row.fate == ModelRow.Fate.HELD;
            row.owner.bytes -= kept ? 0 : row.cost();
            if (row.future != null) {
                checkFuture(row, row.future);
            }
        }
        for (ModelOwner owner : owners) {
            boolean over = owner.delivered + owner.dead + owner.held + owner.superseded == owner.submitted;
            if (owner.receipt != null) {
                assertThat(owner.receipt.isDone()).as("the end of a push").isEqualTo(over);
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
            ledger.corners.add("row failed");
            return;
        }
        RowStatus status = future.join();
        ledger.corners.add("row " + status);
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

    private void finalCheck() {
        check();
        assertThat(crew.isIdle()).isTrue();
        assertThat(crew.isClosed()).isTrue();
        assertThat(client.ledger().pending()).isZero();
        for (ModelOwner owner : owners) {
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
            assertThat(owner.bytes - supersededBytes(owner))
                    .as("bytes of what is settled")
                    .isZero();
            if (owner.receipt != null) {
                checkReceipt(owner, owner.receipt);
            }
        }
        assertThat(client.pendingBytes()).isZero();
    }

    private static long supersededBytes(ModelOwner owner) {
        return owner.writer == null
                ? 0
                : owner.rows.stream()
                        .filter(row -> row.fate == null)
                        .mapToLong(ModelRow::cost)
                        .sum();
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
            ledger.corners.add("row SUPERSEDED");
        }
    }

    private void checkReceipt(ModelOwner owner, CompletableFuture<Receipt> future) {
        Throwable failure = future.handle((receipt, cause) -> cause).join();
        Receipt receipt = failure instanceof PushException left ? left.receipt() : future.join();
        if (failure != null) {
            failed(failure);
        }
        Accounts.balanced(receipt);
        assertThat(List.of(receipt.delivered(), receipt.superseded(), receipt.dead(), receipt.undelivered()))
                .isEqualTo(List.of((int) owner.delivered, (int) owner.superseded, (int) owner.dead, (int) owner.held));
        assertThat(failure != null).isEqualTo(owner.held > 0);
    }

    private void log(String step) {
        steps.add(step);
        if (steps.size() > 40) {
            steps.remove();
        }
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private Duration millis(int most) {
        return Duration.ofMillis(1L + random.nextInt(most));
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
