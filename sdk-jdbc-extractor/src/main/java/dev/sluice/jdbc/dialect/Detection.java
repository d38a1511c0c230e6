package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/** Tells databases apart by what they say of themselves. */
final class Detection {
    /**
     * They speak MySQL's language and do not show transactions as that does. Nor are they read as any database is, for
     * to them what stands in double quotes is a text and not a name.
     */
    private static final List<String> LOOKALIKES = List.of("tidb", "vitess", "oceanbase", "singlestore");

    private Detection() {}

    static Dialect dialect(Connection connection) throws SQLException {
        DatabaseMetaData described = connection.getMetaData();
        // Connector/J calls MariaDB "MySQL", which is the same here.
        String product = described.getDatabaseProductName();
        String version = described.getDatabaseProductVersion();
        String name = (product + " " + version).toLowerCase(Locale.ROOT);
        if (LOOKALIKES.stream().anyMatch(name::contains)) {
            throw new SourceException("there is no dialect for the database " + product + " " + version
                    + ": set the one that fits it, with dialect(..)");
        }
        if (name.startsWith("postgresql")) {
            return Dialect.postgresql();
        }
        boolean isMySql = name.startsWith("mysql") || name.startsWith("mariadb");
        return isMySql ? Dialect.mysql() : Dialect.generic();
    }
}
