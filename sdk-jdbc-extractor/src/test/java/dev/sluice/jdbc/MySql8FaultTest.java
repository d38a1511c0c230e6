package dev.sluice.jdbc;

import dev.sluice.jdbc.testing.MySql8;
import dev.sluice.jdbc.testing.MySqlServer;

final class MySql8FaultTest extends MySqlFaultContract {
    @Override
    MySqlServer server() {
        return MySql8.shared();
    }

    @Override
    MySqlServer open() {
        return MySql8.open();
    }
}
