package dev.sluice.jdbc.checkpoint;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.concurrent.Callable;
import javax.sql.DataSource;

/** Makes data sources of what gives connections. */
final class TestSource {
    private TestSource() {}

    static DataSource of(Callable<Connection> connections) {
        return (DataSource) Proxy.newProxyInstance(
                TestSource.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> connections.call());
    }
}
