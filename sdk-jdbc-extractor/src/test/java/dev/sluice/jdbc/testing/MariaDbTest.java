package dev.sluice.jdbc.testing;

final class MariaDbTest extends MySqlServerContract {
    @Override
    DatabaseServer shared() {
        return MariaDb.shared();
    }

    @Override
    DatabaseServer open() {
        return MariaDb.open();
    }

    @Override
    String version() {
        return "11.4.5-MariaDB";
    }
}
