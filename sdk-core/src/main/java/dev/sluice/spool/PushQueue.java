package dev.sluice.spool;

import dev.sluice.batch.BatchId;
import dev.sluice.row.ChangedRow;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps changed rows, target by target and in their order, until they are settled. An event is pending, then claimed as
 * part of a batch, then gone or pending again in its old place. No event is ever dropped for its age.
 *
 * <p>Two events of one row id never overtake each other: while one waits or is claimed, later ones of its row id are not
 * handed out. Only the two images of one update, put one right after the other, may be in one batch.
 *
 * <p>It has one owner at a time. Safe for use by several threads; calls take the time of a write to the disk. Every
 * method throws {@link SpoolException} if it fails; it has then changed nothing.
 */
public interface PushQueue extends AutoCloseable {
    /** A claim that was not renewed for so long may be claimed by others: 10 minutes. */
    Duration LEASE = Duration.ofMinutes(10);

    /**
     * A changed row in its place.
     *
     * @param sequence its place among all events, never given twice
     */
    record Event(long sequence, ChangedRow row) {}

    /**
     * The right to deliver a batch.
     *
     * @param batch the batch's id, the same whenever this batch is claimed again
     * @param lease tells this claim from others of the same batch
     * @param events at least one, in their order; two of a row id only if they are the images of one update
     * @param job what {@link #saveJob} kept; null if there is none
     */
    record Claim(
            String target,
            BatchId batch,
            long lease,
            List<Event> events,
            @Nullable String job) {
        public Claim {
            events = List.copyOf(events);
        }
    }

    /**
     * What waits for one target.
     *
     * @param events pending or claimed
     * @param claimed those of them that belong to a batch, in someone's hands or waiting to be claimed again
     */
    record Backlog(String target, long events, long claimed) {}

    /**
     * Takes rows in, behind what the target has: all or none. When this returns they survive a crash of the process
     * and, where there is a disk, of the machine. A call that is repeated takes them in again; {@link #put(String, List,
     * long)} does not.
     *
     * @param target 1 to 100 letters, digits, {@code _} or {@code -}
     * @throws SpoolException.Full if the disk is full
     */
    void put(String target, List<ChangedRow> rows);

    /**
     * As {@link #put(String, List)}, and remembers in the same step how far the producer is. A producer that crashed
     * reads {@link #offset} and goes on from there, or repeats its last call: neither loses nor doubles a row.
     *
     * @param offset the producer's own count, which only grows
     * @return false if the target's offset is that high already: nothing was changed
     */
    boolean put(String target, List<ChangedRow> rows, long offset);

    /**
     * As {@link #put(String, List)}, and remembers the key in the same step, for good: a call that is repeated after a
     * crash changes nothing.
     *
     * @return false if the target has had rows under that key: nothing was changed
     */
    boolean putOnce(String target, List<ChangedRow> rows, String key);

    /**
     * Forgets everything the target has, claims and their jobs included, and takes these rows in instead: all in one
     * step. Claims of before end. The offset stays, and so do the keys of {@link #putOnce}.
     */
    void replace(String target, List<ChangedRow> rows);

    /** The highest offset of a target; empty if none was ever given. */
    OptionalLong offset(String target);

    /** The sequence of the last event that was ever taken in, of any target; 0 before the first. */
    long last();

    /**
     * Claims what is next: the oldest batch that nobody holds any more, as it was; otherwise a new batch of pending
     * events in their order. Claims that were not renewed for {@link #LEASE} count as held by nobody.
     *
     * @param upTo no event of a higher sequence is claimed
     * @param atMost how many events a new batch may have; an old one has what it had
     * @param except sequences that are left where they are, and with them the later events of their row ids. A set that
     *     is given again may have grown; what was taken out of it may be left where it is too
     * @return empty if nothing can be claimed now
     * @throws SpoolException.Damaged if an event is not what was taken in; it names the event, and nothing is claimed
     */
    Optional<Claim> claim(String target, long upTo, int atMost, Set<Long> except);

    /** The owner is still at it. False if the claim has ended: then the batch must not be pushed. */
    boolean renew(Claim claim);

    /**
     * Keeps the reference of the job that delivers the batch, for whoever claims the batch next.
     *
     * @return false if the claim has ended: nothing was changed
     */
    boolean saveJob(Claim claim, String job);

    /**
     * Ends the claim and its batch, in one step: failed events are pending again in their old place, all others are
     * gone, the job is forgotten.
     *
     * @param failed sequences of events of the claim
     * @return false if the claim has ended: nothing was changed
     * @throws IllegalArgumentException if the claim has no such event
     */
    boolean settle(Claim claim, Collection<Long> failed);

    /**
     * Lets go of the batch, which stays one under its id, with its job if there is one.
     *
     * @return false if the claim has ended: nothing was changed
     */
    boolean release(Claim claim);

    /** What waits, by target; those without anything left out. */
    List<Backlog> backlog();

    /** How many of a target's events up to a sequence are here, pending or claimed. */
    long count(String target, long upTo);

    /**
     * All events of a target in their order, pending or claimed.
     *
     * @throws SpoolException.Damaged if one is not what was taken in; it names the event
     */
    List<Event> list(String target);

    /** Ends the ownership; batches that are claimed can be claimed again when it is opened the next time. */
    @Override
    void close();

    /** In memory, for tests, and for programs that can make their events anew. */
    static PushQueue inMemory() {
        return new MemoryPushQueue(Clock.systemUTC());
    }

    /**
     * One SQLite file, made if it is not there, with its directory. Needs {@code org.xerial:sqlite-jdbc}. The disk must
     * be a local one. While it is open there are files beside it, whose names begin with its name. It is not the file of
     * a {@link Spool}.
     *
     * @throws SpoolException if it cannot be opened; {@code InUse} names its owner
     */
    static PushQueue sqlite(Path file) {
        return SqlitePushQueue.open(file, Clock.systemUTC());
    }
}
