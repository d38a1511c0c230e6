package dev.sluice.spool;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetterStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps batches from the moment they are taken in until every row of them is written or a dead letter. A batch is
 * pending, then in flight under a lease, then gone; its rows that are not written become dead letters, which stay. No
 * batch is ever dropped for its age.
 *
 * <p>It has one owner at a time. Safe for use by several threads; calls take the time of a write to the disk. Every
 * method throws {@link SpoolException} if it fails; it has then changed nothing.
 */
public interface Spool extends AutoCloseable {
    /** What a file may hold unless said otherwise: {@value} bytes of rows. */
    long DEFAULT_MAX_BYTES = 10_000_000_000L;

    /** A lease that was not renewed for so long is taken back by {@link #reclaim}: 10 minutes. */
    Duration LEASE = Duration.ofMinutes(10);

    /**
     * The right to deliver a batch; it ends with the batch, or when it is taken back.
     *
     * @param batch the batch's id
     * @param number tells it from earlier leases of the same batch
     */
    record Lease(BatchId batch, long number) {}

    /**
     * A batch that is to be delivered.
     *
     * @param batch the rows, as they were taken in, to the byte
     * @param lease for all that follows
     * @param ended the pieces of it that were written or became dead letters before
     * @param doubt a piece that an earlier attempt may have written, without a readable answer; null if there is none
     */
    record Claim(
            Batch batch,
            Lease lease,
            List<Span> ended,
            @Nullable Span doubt) {
        public Claim {
            ended = List.copyOf(ended);
        }
    }

    /**
     * What waits for one table.
     *
     * @param table the table
     * @param batches pending or in flight
     * @param rows those of them that are neither written nor dead letters
     */
    record Backlog(String table, int batches, long rows) {}

    /**
     * How large a batch is.
     *
     * @param rows its rows
     * @param bytes their JSON
     */
    record Size(int rows, long bytes) {}

    /**
     * Takes batches in: all or none. When this returns they survive a crash of the process and, where there is a disk,
     * of the machine. A batch whose id is here already, or has a tombstone, is left out.
     *
     * @param remembered whether an id stays as a tombstone when its batch is gone, until {@link #forget} is told
     * @return the ids that were new
     * @throws SpoolException.Full if there is no room for all of them
     */
    List<BatchId> put(List<Batch> batches, boolean remembered);

    /** Whether a batch is here or has a tombstone. */
    boolean knows(BatchId batch);

    /** The writer of a remembered batch is past it: its tombstone goes, and none is left if the batch is still here. */
    void forget(BatchId batch);

    /** What waits, by table; those without anything left out. */
    List<Backlog> backlog();

    /** How large the batch is that {@link #claim} would hand out; empty if nothing of the table is pending. */
    Optional<Size> next(String table);

    /**
     * Leases the oldest pending batch of a table; empty if there is none.
     *
     * @param known batches that the caller has still, as they were taken in: their rows need not be read again
     * @throws SpoolException.Damaged if it is not what was taken in; it stays where it is
     */
    Optional<Claim> claim(String table, Map<BatchId, Batch> known);

    /** As {@link #claim(String, Map)}, with the rows as they are here. */
    default Optional<Claim> claim(String table) {
        return claim(table, Map.of());
    }

    /** The owner is still at it. Leases that ended are ignored. */
    void renew(Collection<Lease> leases);

    /** Takes back leases that were not renewed for {@link #LEASE}: their batches are pending again, in their place. */
    List<Lease> reclaim();

    /**
     * An attempt at a piece is about to be made, whose outcome would be in doubt if the process ended now; or, with
     * null, there is no such piece. Renews the lease.
     *
     * @return false if the lease has ended: the attempt must not be made
     */
    boolean attempting(Lease lease, @Nullable Span piece);

    /**
     * A piece is written, or has become a dead letter; with the last piece the batch is gone. A piece ends once, and
     * with it the doubt about its own rows, not about others.
     *
     * @param letter kept here in the same step; null if the rows are written or with other dead letters
     * @return false if the lease has ended: nothing was changed
     * @throws IllegalArgumentException if rows of the piece have ended before, or are not the batch's
     */
    boolean end(Lease lease, Span piece, @Nullable DeadLetter letter);

    /** Gives a batch back, pending again in its place; does nothing if the lease has ended. */
    void release(Lease lease);

    /** The dead letters kept here; one that is damaged is named by {@link dev.sluice.receipt.DamagedLetterException}. */
    DeadLetterStore deadLetters();

    /** Ends the ownership; leases that are left are taken back when it is opened the next time. */
    @Override
    void close();

    /** As {@link #inMemory(long)}, with {@value #DEFAULT_MAX_BYTES} bytes. */
    static Spool inMemory() {
        return inMemory(DEFAULT_MAX_BYTES);
    }

    /**
     * In memory, for tests, and for programs that want the order and the bounds of a spool without its durability.
     *
     * @param maxBytes what the rows of all batches may take together, dead letters included
     */
    static Spool inMemory(long maxBytes) {
        return new MemorySpool(maxBytes, Clock.systemUTC());
    }

    /** As {@link #sqlite(Path, long)}, with {@value #DEFAULT_MAX_BYTES} bytes. */
    static Spool sqlite(Path file) {
        return sqlite(file, DEFAULT_MAX_BYTES);
    }

    /**
     * One SQLite file, made if it is not there, with its directory. Needs {@code org.xerial:sqlite-jdbc}. The disk must
     * be a local one, for SQLite's locks do not hold on network file systems. While it is open there are files beside
     * it, whose names begin with its name: copying the file alone would leave out what is in them.
     *
     * @param maxBytes what the rows of all batches may take together, dead letters included
     * @throws SpoolException if it cannot be opened
     */
    static Spool sqlite(Path file, long maxBytes) {
        return SqliteSpool.open(file, maxBytes, Clock.systemUTC());
    }
}
