package dev.sluice.jdbc;

import dev.sluice.jdbc.dialect.Dialect;
import dev.sluice.jdbc.testing.DatabaseServer;
import dev.sluice.jdbc.testing.Postgres;

final class PostgresRandomSyncTest extends RandomSyncContract {
    @Override
    DatabaseServer server() {
        return Postgres.shared();
    }

    @Override
    Dialect dialect() {
        return Dialect.postgresql();
    }

    @Override
    String time() {
        return "timestamptz";
    }

    @Override
    String now() {
        return "now()";
    }

    @Override
    String settle() {
        return "SELECT pg_sleep(0.3)";
    }
}
