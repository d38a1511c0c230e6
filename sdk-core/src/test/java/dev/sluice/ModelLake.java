package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.sluice.batch.Batch;
import dev.sluice.transport.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The crew and the lake of a run: begins attempts when they are due, and answers them at random. */
final class ModelLake {
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

    private final ModelWorld world;
    private final Map<String, Integer> lastPushed = new HashMap<>();
    private final List<Flight> flights = new ArrayList<>();
    private final boolean refusing;
    private final double calm;
    private int looks;

    /** Whether nothing is going to happen while the program waits. */
    boolean stuck;

    /** Whether every answer is good from now on. */
    boolean healthy;

    ModelLake(ModelWorld world) {
        this.world = world;
        this.refusing = world.chance(12);
        this.calm = 0.1 + 0.9 * world.random.nextDouble();
        world.crew.meanwhile(this::meanwhile);
    }

    int inFlight() {
        return flights.size();
    }

    /** The program's next step begins, so that nobody has waited yet. */
    void waitsAnew() {
        looks = 0;
    }

    /** One step while the program waits; false if it waits for nothing. */
    private boolean meanwhile() {
        if (++looks > 20_000) {
            fail("waits for ever: %s", world.client.ledger());
        }
        if (stuck) {
            return false;
        }
        boolean departed = depart();
        if (!flights.isEmpty() && (!departed || world.chance(2))) {
            land();
            return true;
        }
        if (departed) {
            return true;
        }
        Optional<Duration> due = world.crew.dueIn();
        due.ifPresent(time -> {
            assertThat(time).as("what is due now is taken").isPositive();
            advance(time);
        });
        return due.isPresent();
    }

    void advance(Duration time) {
        world.log("advance " + time);
        world.timing.advance(time);
    }

    /** A thread of the crew takes what is to be done next. */
    boolean depart() {
        Optional<Runnable> next = world.crew.take();
        if (next.isEmpty()) {
            assertThat(world.crew.dueIn().orElse(Duration.ofNanos(1)))
                    .as("what is due now is taken")
                    .isPositive();
            return false;
        }
        if (next.get() instanceof Job job) {
            depart(job);
        } else {
            world.log("alarm");
            next.get().run();
        }
        return true;
    }

    private void depart(Job job) {
        boolean anew = !world.ledger.hasBegun(job.delivery().batch());
        world.ledger.begun(job.delivery().batch());
        Optional<Batch> piece = job.begin();
        world.log("begin " + piece.map(Batch::toString).orElse("nothing"));
        piece.ifPresent(batch -> {
            assertThat(job.delivery().owner().aborted())
                    .as("nothing is attempted once aborted")
                    .isEmpty();
            flights.add(new Flight(job, batch));
            checkHope(batch, anew);
            checkOrder(batch);
            checkPlaces(batch.destination().table());
        });
    }

    /** Of a push that failed for good, only a batch that had begun and waited at a limit or a breaker is attempted. */
    private void checkHope(Batch piece, boolean anew) {
        ModelOwner owner = world.ledger.rows(piece).get(0).owner;
        if (anew && (owner.merge || !world.isPaced())) {
            assertThat(owner.hopeless)
                    .as("a batch begins after one of its push failed for good")
                    .isFalse();
        }
    }

    private void checkPlaces(String table) {
        List<Flight> its =
                flights.stream().filter(flight -> flight.table().equals(table)).toList();
        boolean merging = its.stream().anyMatch(Flight::merges);
        assertThat(its.size()).as("in flight to %s", table).isLessThanOrEqualTo(merging ? 1 : world.maxInFlight);
    }

    /** Rows of one owner are numbered as they were handed in, and pushes to one table as well. */
    private void checkOrder(Batch piece) {
        ModelRow first = world.ledger.rows(piece).get(0);
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
    void land() {
        if (flights.isEmpty()) {
            return;
        }
        Flight flight = flights.remove(world.random.nextInt(flights.size()));
        if (world.ledger.isAbandoned(flight.whole())) {
            world.ledger.corners.add("late end");
        }
        Reply reply = reply(flight.piece());
        world.log("reply " + reply + " to " + flight.piece());
        world.ledger.replied(flight.piece(), reply);
        flight.job().finish(flight.piece(), reply);
        // An abort interrupts whoever sends, which no one does here.
        looks = 0;
    }

    void landAll(Runnable check) {
        while (!flights.isEmpty()) {
            land();
            check.run();
        }
    }

    private Reply reply(Batch piece) {
        if (refusing && !healthy) {
            return Replies.refused(world.chance(4) ? 413 : 400);
        }
        if (healthy || world.random.nextDouble() < calm) {
            return world.chance(3) ? Replies.committed(piece.rows(), "snap_1") : Replies.allWritten(piece);
        }
        return switch (world.random.nextInt(16)) {
            case 0 -> Replies.unreadable();
            case 1 -> Replies.refused(500);
            case 2, 3 -> Replies.notSent();
            case 4 -> Replies.refused(503);
            case 5 -> Replies.later(429, world.millis(40_000));
            case 6 -> world.chance(4) ? Replies.refused(404) : Replies.notSent();
            case 7 -> Replies.unauthorized(!world.chance(4));
            case 8, 9 -> Replies.refused(413);
            case 10, 11 -> Replies.refused(400);
            case 12 -> Replies.written(0, piece.rows());
            case 13, 14 -> Replies.written(world.random.nextInt(piece.rows()), 1);
            default -> Replies.written(piece.rows() + 1, 0);
        };
    }
}
