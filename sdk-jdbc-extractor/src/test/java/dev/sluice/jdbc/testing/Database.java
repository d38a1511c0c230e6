package dev.sluice.jdbc.testing;

import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** A database that one test has for itself in a server; closing it drops it. */
public final class Database implements AutoCloseable {
    private final DatabaseServer server;
    private final String name;
    private final List<String> users = new ArrayList<>();

    Database(DatabaseServer server, String name) {
        this.server = server;
        this.name = name;
        Statements.run(server.admin(), "CREATE DATABASE " + name);
    }

    public String name() {
        return name;
    }

    /** Connections of the user who may do everything; each is a new one, there is no pool. */
    public DataSource dataSource() {
        return dataSource(server.adminName());
    }

    /** The same for another user, see {@link #newUser}. */
    public DataSource dataSource(String user) {
        return UrlDataSource.of(url(user));
    }

    /** The JDBC URL of this database with the user in it; parameters of one's own may follow after an ampersand. */
    public String url(String user) {
        return server.url(name, user);
    }

    /**
     * Makes a user without a password, who goes when this database is closed.
     *
     * @param grants what the user may do, as between GRANT and TO: {@code "SELECT ON orders"}, {@code "PROCESS ON *.*"};
     *     none: only what every user may
     * @return the user's name
     */
    public String newUser(String... grants) {
        String user = name + "_user" + (users.size() + 1);
        server.createUser(user);
        users.add(user);
        for (String grant : grants) {
            run("GRANT " + grant + " TO " + user);
        }
        return user;
    }

    /** Runs statements one after the other, each committed by itself. */
    public void run(String... sql) {
        Statements.run(dataSource(), sql);
    }

    /** The first column of the first row, as the driver gives it as text. */
    public String one(String sql) {
        return Statements.one(dataSource(), sql);
    }

    /** Cuts all connections that have this database as theirs; returns when the server has let go of them. */
    public void killConnections() {
        server.killConnections(name);
    }

    @Override
    public void close() {
        killConnections();
        Statements.run(server.admin(), "DROP DATABASE " + name);
        users.forEach(server::dropUser);
    }
}
