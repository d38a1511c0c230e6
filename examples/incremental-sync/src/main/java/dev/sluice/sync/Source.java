package dev.sluice.sync;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A database of the configuration: where it is, and a small pool of connections to it. Its password is in no message. */
final class Source {
    /** Connections, unless more are needed. */
    static final int CONNECTIONS = 2;

    /** Without it a connection that went dead silently waits for ever. */
    static final Duration SILENCE = Duration.ofMinutes(5);

    private final String group;
    private final DatabaseUrl database;

    private Source(String group, DatabaseUrl database) {
        this.group = group;
        this.database = database;
    }

    /**
     * Understands the URL, without connecting.
     *
     * @param group the keys it is configured by, for messages: {@code source}
     * @param silence longer than any query should take: a connection without an answer is then given up
     * @throws IllegalArgumentException if no driver takes it, or it names the user or password a second time
     */
    static Source of(String group, String url, @Nullable String user, @Nullable String password, Duration silence) {
        return new Source(group, DatabaseUrl.parse(url, user, password, silence));
    }

    /** Gives a new connection each time; connects to nothing by itself. */
    DataSource unpooled() {
        return database.connections();
    }

    /** What must be hidden wherever something is printed. */
    String secret() {
        return database.secret();
    }

    /**
     * Connects, and keeps at most so many connections.
     *
     * @throws CliException if the database cannot be reached, within about 10 seconds
     */
    HikariDataSource open(int connections) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(group);
        config.setDataSource(database.connections());
        config.setMaximumPoolSize(connections);
        // A pool that keeps none would close the one it connects by, and connect anew for the first query.
        config.setMinimumIdle(1);
        config.setConnectionTimeout(DatabaseUrl.CONNECT.toMillis());
        config.setInitializationFailTimeout(1);
        try {
            HikariDataSource pool = new HikariDataSource(config);
            pool.getHikariConfigMXBean().setMinimumIdle(0);
            return pool;
        } catch (HikariPool.PoolInitializationException e) {
            throw unreachable(e);
        }
    }

    /** Host, port and database. */
    @Override
    public String toString() {
        return database.place();
    }

    private CliException unreachable(RuntimeException e) {
        Optional<SQLException> said = Failures.cause(e, SQLException.class);
        String state = said.map(SQLException::getSQLState).orElse("");
        String reason = Failures.connection(said.<Throwable>map(cause -> cause).orElse(e));
        String advice = state.startsWith("28")
                ? "check " + group + ".user and " + group + ".password"
                : state.startsWith("53")
                        ? "free a connection of this user or raise its limit"
                        : state.startsWith("3D") || state.startsWith("42")
                                ? "check the database's name in " + group + ".url"
                                : "check " + group + ".url, and that the database is running and lets this machine in";
        return CliException.failed("cannot connect to the database " + this + ": " + reason + "; " + advice, e);
    }
}
