package dev.sluice.jdbc.testing;

final class MySql8Test extends MySqlServerContract {
    @Override
    DatabaseServer shared() {
        return MySql8.shared();
    }

    @Override
    DatabaseServer open() {
        return MySql8.open();
    }

    @Override
    String version() {
        return "8.0.15";
    }
}
