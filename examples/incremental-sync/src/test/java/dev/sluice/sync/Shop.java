package dev.sluice.sync;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** A real database of its own with three tables, on one PostgreSQL that all tests of a run share. */
final class Shop {
    private static final AtomicInteger SHOPS = new AtomicInteger();
    private static final EmbeddedPostgres SERVER = start();

    private static final String TABLES = """
            CREATE TABLE customers (id uuid PRIMARY KEY, email text, deleted_at timestamptz,
                updated_at timestamptz NOT NULL DEFAULT now());
            CREATE TABLE orders (order_id bigint, line int, amount numeric, updated_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (order_id, line));
            CREATE TABLE products (sku text PRIMARY KEY, price numeric, updated_at timestamptz NOT NULL DEFAULT now());
            INSERT INTO customers SELECT md5('c' || n)::uuid, 'c' || n, NULL, timestamptz '2025-01-01' + n * interval '1 s'
                FROM generate_series(1, 300) AS n;
            INSERT INTO orders SELECT n, line, n * 1.10, timestamptz '2025-01-01' + n * interval '1 s'
                FROM generate_series(1, 200) AS n, generate_series(1, 3) AS line;
            INSERT INTO products SELECT 'p' || n, n, timestamptz '2025-01-01' FROM generate_series(1, 25) AS n;
            ANALYZE""";

    private final String name;

    private Shop(String name) {
        this.name = name;
    }

    static Shop open() throws SQLException {
        Shop shop = new Shop("shop" + SHOPS.incrementAndGet());
        try (Connection connection = SERVER.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + shop.name);
        }
        shop.run(TABLES);
        return shop;
    }

    String url() {
        return "jdbc:postgresql://localhost:" + SERVER.getPort() + "/" + name;
    }

    int port() {
        return SERVER.getPort();
    }

    String name() {
        return name;
    }

    Connection connect() throws SQLException {
        return SERVER.getDatabase("postgres", name).getConnection();
    }

    void run(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    String one(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static EmbeddedPostgres start() {
        try {
            return EmbeddedPostgres.builder().start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
