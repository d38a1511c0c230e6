package dev.sluice.jdbc.source;

import dev.sluice.RetryPolicy;
import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.dialect.SourceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from a database in short transactions, each tried again on another connection while trying may help.
 *
 * <p>Reading changes nothing, so it may always be repeated. That helps where the connection was lost or there was none
 * to be had, where the server is on its way down or up, and where it gave up a statement in favour of another: what
 * {@link Dialect#isTransient} and the JDBC exceptions for it say. A refused user, a missing database and a wrong
 * statement are told at once.
 */
public final class Transactions {
    /** 5 tries, the last begun within a minute of the first failure; waits of up to 200 ms at first and 5 s later. */
    public static final RetryPolicy RETRIES =
            new RetryPolicy(5, Duration.ofMillis(200), Duration.ofSeconds(5), Duration.ofMinutes(1));

    private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

    /** Classes of SQLSTATE of what stays as it is: authorization, names of databases, syntax and access rules. */
    private static final List<String> LASTING = List.of("28", "3D", "42");

    private static final int DEEPEST_CAUSE = 10;

    private final DataSource database;
    private volatile @Nullable Dialect dialect;
    private final Duration queryTimeout;
    private final RetryPolicy retries;
    private final Patience patience;

    /**
     * Transactions on connections of a database.
     *
     * @param dialect null to find out by the first connection
     * @param queryTimeout how long a statement may take
     * @param retries how often and how long to try; its deadline counts from the first failure
     */
    public Transactions(
            DataSource database,
            @Nullable Dialect dialect,
            Duration queryTimeout,
            RetryPolicy retries,
            Patience patience) {
        this.database = database;
        this.dialect = dialect;
        this.queryTimeout = queryTimeout;
        this.retries = retries;
        this.patience = patience;
    }

    /**
     * How this database is spoken to; the first call may connect to it.
     *
     * @throws SourceException if it cannot be reached, or is of no kind that is known here
     */
    public Dialect dialect() {
        Dialect known = dialect;
        return known == null ? run("finding out about the database", connection -> of(connection)) : known;
    }

    /**
     * Connects once, without trying again.
     *
     * @throws SourceException if no connection is to be had, or the database is of no kind that is known here
     */
    public void connect() {
        try (Connection connection = database.getConnection()) {
            Dialect ignored = of(connection);
        } catch (SQLException e) {
            throw SourceException.of("connecting to the database", e);
        }
    }

    private Dialect of(Connection connection) throws SQLException {
        Dialect known = dialect;
        if (known == null) {
            known = Dialect.detect(connection);
            dialect = known;
        }
        return known;
    }

    /**
     * Does a piece of work in a transaction of its own; blocks while it waits to try again.
     *
     * @param doing what it does, such as {@code reading public.orders}
     * @throws SourceException if it failed for good, too often, or for too long
     */
    <T> T run(String doing, Transaction.Work<T> work) {
        long begun = 0;
        for (int failures = 1; ; failures++) {
            try {
                return Transaction.once(database, this::of, queryTimeout, work);
            } catch (SQLException e) {
                begun = failures == 1 ? patience.nanos() : begun;
                Duration since = Duration.ofNanos(patience.nanos() - begun);
                Duration wait = mayPass(e)
                        ? wait(
                                retries,
                                failures,
                                since,
                                ThreadLocalRandom.current().nextDouble())
                        : null;
                if (wait == null) {
                    throw SourceException.of(doing, e);
                }
                LOG.info(
                        "{} failed (SQLSTATE {}); try {} of {} follows in {} ms",
                        doing,
                        e.getSQLState(),
                        failures + 1,
                        retries.maxAttempts(),
                        wait.toMillis());
                if (!patience.pause(wait)) {
                    throw SourceException.of(doing, e);
                }
            }
        }
    }

    /**
     * How long to wait before the next try.
     *
     * @param since the time since the first failure
     * @param share the part of the longest wait that is waited, from 0 to 1
     * @return null if there is no other try
     */
    static @Nullable Duration wait(RetryPolicy retries, int failures, Duration since, double share) {
        if (failures >= retries.maxAttempts()) {
            return null;
        }
        Duration wait = Duration.ofNanos((long) (retries.bound(failures).toNanos() * share));
        return since.plus(wait).compareTo(retries.deadline()) > 0 ? null : wait;
    }

    private boolean mayPass(SQLException problem) {
        return causes(problem).noneMatch(Transactions::isLasting)
                && causes(problem)
                        .anyMatch(one -> one instanceof SQLTransientException
                                || one instanceof SQLRecoverableException
                                || isTransient(one));
    }

    private boolean isTransient(SQLException problem) {
        Dialect known = dialect;
        return known != null && known.isTransient(problem);
    }

    private static boolean isLasting(SQLException problem) {
        String state = problem.getSQLState();
        return state != null && LASTING.stream().anyMatch(state::startsWith);
    }

    /** A pool's exception has the driver's for its cause. */
    private static Stream<SQLException> causes(SQLException problem) {
        return Stream.<Throwable>iterate(problem, one -> one != null, Throwable::getCause)
                .limit(DEEPEST_CAUSE)
                .filter(SQLException.class::isInstance)
                .map(SQLException.class::cast);
    }
}
