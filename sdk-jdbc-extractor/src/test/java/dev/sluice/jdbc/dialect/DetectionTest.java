package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.TestDatabase;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DetectionTest {
    @Test
    void knows_postgresql() throws Exception {
        try (TestDatabase db = new TestDatabase();
                Connection connection = db.dataSource().getConnection()) {
            assertThat(Dialect.detect(connection)).isInstanceOf(PostgresDialect.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:h2:mem:", "jdbc:duckdb:", "jdbc:sqlite::memory:"})
    void takes_what_it_does_not_know_for_any_database(String url) throws Exception {
        try (Connection connection = DriverManager.getConnection(url)) {
            assertThat(Dialect.detect(connection)).isInstanceOf(GenericDialect.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"MariaDB, 11.4.5-MariaDB", "MySQL, 5.7.44-log", "MySQL, 9.1.0"})
    void knows_mysql_by_every_name_it_has(String product, String version) throws Exception {
        assertThat(Dialect.detect(named(product, version))).isInstanceOf(MySqlDialect.class);
    }

    @ParameterizedTest
    @CsvSource({"MySQL, 5.7.25-TiDB-v6.5.0", "MySQL, 8.0.30-Vitess"})
    void knows_no_dialect_when_another_product_only_speaks_mysqls_language(String product, String version) {
        assertThatThrownBy(() -> Dialect.detect(named(product, version)))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining(version)
                .hasMessageContaining("dialect(..)");
    }

    /** Products that cannot be run here. */
    private static Connection named(String product, String version) {
        DatabaseMetaData described =
                proxy(DatabaseMetaData.class, method -> method.equals("getDatabaseProductName") ? product : version);
        return proxy(Connection.class, method -> described);
    }

    private static <T> T proxy(Class<T> type, Function<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, method, arguments) -> answers.apply(method.getName())));
    }
}
