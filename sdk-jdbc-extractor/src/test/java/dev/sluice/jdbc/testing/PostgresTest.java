package dev.sluice.jdbc.testing;

final class PostgresTest extends DatabaseServerContract {
    @Override
    DatabaseServer shared() {
        return Postgres.shared();
    }

    @Override
    DatabaseServer open() {
        return Postgres.open();
    }

    @Override
    String version() {
        String binaries = System.getProperty("sluice.postgres.binaries");
        return binaries.substring(0, binaries.lastIndexOf('.'));
    }
}
