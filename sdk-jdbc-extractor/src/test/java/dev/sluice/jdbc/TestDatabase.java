package dev.sluice.jdbc;

import dev.sluice.jdbc.testing.Database;
import dev.sluice.jdbc.testing.Postgres;
import javax.sql.DataSource;

/** A database of one test, in the PostgreSQL of this JVM's tests unless it is given. */
public final class TestDatabase implements AutoCloseable {
    private final Database database;

    public TestDatabase() {
        this(Postgres.shared().newDatabase());
    }

    TestDatabase(Database database) {
        this.database = database;
    }

    public DataSource dataSource() {
        return database.dataSource();
    }

    /** The same database for another user. */
    public DataSource dataSource(String user) {
        return database.dataSource(user);
    }

    public void run(String... sql) {
        database.run(sql);
    }

    public String one(String sql) {
        return database.one(sql);
    }

    @Override
    public void close() {
        database.close();
    }
}
