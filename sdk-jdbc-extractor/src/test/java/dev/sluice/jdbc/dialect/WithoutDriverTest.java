package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.TestDatabase;
import dev.sluice.row.JsonWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.Connection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The library with nothing of PostgreSQL's driver in sight. */
final class WithoutDriverTest {
    @Test
    void reads_by_plain_jdbc_when_the_drivers_classes_are_not_there() throws Exception {
        URL[] library = {home(Dialect.class), home(JsonWriter.class)};
        try (TestDatabase db = new TestDatabase();
                URLClassLoader loader = new URLClassLoader(library, ClassLoader.getPlatformClassLoader());
                Connection connection = db.dataSource().getConnection()) {
            assertThatThrownBy(() -> loader.loadClass("org.postgresql.PGConnection"))
                    .isInstanceOf(ClassNotFoundException.class);
            Class<?> dialects = loader.loadClass(Dialect.class.getName());
            Class<?> queries = loader.loadClass(Query.class.getName());
            Class<?> policies = loader.loadClass(TypePolicy.class.getName());
            Class<?> losses = loader.loadClass(Losses.class.getName());
            Class<?> results = loader.loadClass(Rows.class.getName());

            Object dialect = dialects.getMethod("postgresql").invoke(null);
            dialects.getMethod("begin", Connection.class).invoke(dialect, connection);
            Object rows = dialects.getMethod("rows", Connection.class, queries, List.class, policies, losses)
                    .invoke(
                            dialect,
                            connection,
                            queries.getMethod("of", String.class).invoke(null, "SELECT 'a'"),
                            List.of(),
                            policies.getField("DEFAULT").get(null),
                            losses.getConstructor().newInstance());

            assertThat(results.getMethod("next").invoke(rows)).isEqualTo(true);
            assertThat(results.getMethod("text", int.class).invoke(rows, 0)).isEqualTo("a");
        }
    }

    private static URL home(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }
}
