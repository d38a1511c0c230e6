package dev.sluice.jdbc;

import dev.sluice.jdbc.testing.MySql8;
import dev.sluice.jdbc.testing.MySqlServer;

final class MySql8PreflightTest extends MySqlPreflightContract {
    @Override
    MySqlServer server() {
        return MySql8.shared();
    }
}
