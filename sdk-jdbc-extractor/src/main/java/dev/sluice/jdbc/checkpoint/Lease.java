package dev.sluice.jdbc.checkpoint;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to save in a table for a time, which ends unless it is renewed.
 *
 * <p>It is one row. Who takes it over raises its generation; every save renews it under the condition that the
 * generation is still its own, in the transaction of the save. So a holder that was paused for longer than its lease
 * cannot overwrite what the next one saved, whatever the clocks did: times only decide how soon a dead holder's lease is
 * taken over. They are the database's clock alone, compared in SQL. (A count of beats that the next one watches would
 * need no clock, but who tries only once could never tell a dead holder from a living one.)
 */
final class Lease implements LockingStore.Hold {
    private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

    /**
     * How long a lease lasts and how often it is renewed.
     *
     * @param lease from the last renewal on, by the database's clock
     * @param beat between renewals
     */
    record Times(Duration lease, Duration beat) {
        static final Times DEFAULT = new Times(Duration.ofSeconds(30), Duration.ofSeconds(10));

        /** In SQL: seconds with three decimals. */
        String interval() {
            return "INTERVAL '" + lease.toSeconds() + "."
                    + Integer.toString(1000 + lease.toMillisPart()).substring(1) + "' SECOND";
        }
    }

    /**
     * The row.
     *
     * @param holder null if it was given back
     * @param mine whether it was taken just now; no name tells that, for two may come at one moment of the clock
     */
    private record Row(@Nullable String holder, long generation, boolean mine) {}

    private final StateTables tables;
    private final Times times;
    private final String name;
    private final long generation;
    private final ScheduledExecutorService renewals = Executors.newSingleThreadScheduledExecutor(Lease::thread);
    private volatile boolean released;
    private boolean failing;

    private Lease(StateTables tables, Times times, String name, long generation) {
        this.tables = tables;
        this.times = times;
        this.name = name;
        this.generation = generation;
    }

    /** Tries once to take it, in a transaction of its own. */
    static LockingStore.Attempt<Lease> tryTake(StateTables tables, Times times) {
        String name = Runner.now();
        Row row = tables.run("taking the lease", connection -> take(connection, tables, times, name));
        if (!row.mine()) {
            return new LockingStore.Attempt<>(null, row.holder() == null ? "one that ends just now" : row.holder());
        }
        Lease lease = new Lease(tables, times, name, row.generation());
        long beat = times.beat().toNanos();
        var unused = lease.renewals.scheduleWithFixedDelay(lease::renew, beat, beat, TimeUnit.NANOSECONDS);
        return new LockingStore.Attempt<>(lease, name);
    }

    /**
     * Renews it, and lets nobody take it over before the transaction has ended.
     *
     * @throws CheckpointException if it was taken over, naming who has it now
     */
    void fence(Connection connection) throws SQLException {
        // The count changes the row in any case: some drivers count only rows that became another.
        String sql = "UPDATE " + tables.lease() + " SET beats = beats + 1, expires = " + tables.now() + " + "
                + times.interval() + " WHERE id = 1 AND generation = ? AND holder = ?";
        if (StateTables.update(connection, sql, generation, name) != 1) {
            Row now = read(connection, tables, false);
            throw new CheckpointException("another sync has taken over the checkpoints in table " + tables.checkpoints()
                    + " from this one, which did not renew its lease for "
                    + times.lease().toMillis() + " ms: "
                    + (now.holder() == null ? "one that has ended" : now.holder()) + " (generation " + now.generation()
                    + ", this one had " + generation + "); nothing was saved, the next sync goes on from there");
        }
    }

    /** Ends by itself if the database cannot be told; a sync that is done has not failed because of that. */
    @Override
    public void release() {
        released = true;
        renewals.shutdown();
        String sql = "UPDATE " + tables.lease() + " SET holder = NULL WHERE id = 1 AND generation = ? AND holder = ?";
        try {
            tables.run("giving back the lease", connection -> StateTables.update(connection, sql, generation, name));
        } catch (CheckpointException e) {
            LOG.warn(
                    "lease on {} could not be given back; it ends by itself in {}",
                    tables.checkpoints(),
                    times.lease(),
                    e);
        }
    }

    /** Changes before it reads: the other way round, two transactions that came at once could wait for each other. */
    private static Row take(Connection connection, StateTables tables, Times times, String name) throws SQLException {
        String sql = "UPDATE " + tables.lease() + " SET holder = ?, generation = generation + 1, beats = 0, expires = "
                + tables.now() + " + " + times.interval() + " WHERE id = 1 AND (holder IS NULL OR expires <= "
                + tables.now() + ")";
        int taken = StateTables.insist(connection, () -> StateTables.update(connection, sql, name));
        return read(connection, tables, taken == 1);
    }

    private static Row read(Connection connection, StateTables tables, boolean mine) throws SQLException {
        String sql = "SELECT holder, generation FROM " + tables.lease() + " WHERE id = 1";
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet rows = statement.executeQuery()) {
            if (!rows.next()) {
                throw new CheckpointException("the row of table " + tables.lease() + " was removed; nothing was saved,"
                        + " the next process makes it again");
            }
            return new Row(rows.getString(1), rows.getLong(2), mine);
        }
    }

    /** Whatever fails, the next beat tries again; nobody else is harmed, for each save looks for itself. */
    private void renew() {
        if (released) {
            return;
        }
        try {
            tables.run("renewing the lease", connection -> {
                if (!released) {
                    fence(connection);
                }
                return true;
            });
            failing = false;
        } catch (RuntimeException e) {
            if (!failing && !released) {
                LOG.warn("lease on {} was not renewed; trying again every {}", tables.checkpoints(), times.beat(), e);
            }
            failing = true;
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "sluice-checkpoint-lease");
        thread.setDaemon(true);
        return thread;
    }
}
