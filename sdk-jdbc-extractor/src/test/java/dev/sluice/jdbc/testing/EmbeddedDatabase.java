package dev.sluice.jdbc.testing;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;

/** A database that one test has for itself in this process; it lasts until it is closed. */
public final class EmbeddedDatabase implements AutoCloseable {
    private final String url;
    /** Without one that is open, the database would end with each connection. */
    private final Connection open;

    private EmbeddedDatabase(String url) {
        this.url = url;
        try {
            this.open = DriverManager.getConnection(url);
        } catch (SQLException e) {
            throw new IllegalStateException(url, e);
        }
    }

    /** In memory. */
    public static EmbeddedDatabase h2() {
        return new EmbeddedDatabase("jdbc:h2:mem:" + UUID.randomUUID());
    }

    /** In a file of a directory. */
    public static EmbeddedDatabase duckDb(Path directory) {
        return new EmbeddedDatabase("jdbc:duckdb:" + directory.resolve("source.duckdb"));
    }

    /** Connections that are new each; there is no pool. */
    public DataSource dataSource() {
        return UrlDataSource.of(url);
    }

    /** Runs statements one after the other, each committed by itself. */
    public void run(String... sql) {
        Statements.run(dataSource(), sql);
    }

    @Override
    public void close() {
        try {
            open.close();
        } catch (SQLException e) {
            throw new IllegalStateException(url, e);
        }
    }
}
