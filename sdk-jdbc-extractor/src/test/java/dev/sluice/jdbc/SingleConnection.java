package dev.sluice.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A pool of one connection, which closing only gives back. */
final class SingleConnection {
    private final Connection connection;
    private final AtomicInteger lent = new AtomicInteger();
    private volatile int mostAtOnce;

    SingleConnection(Connection connection) {
        this.connection = connection;
    }

    /** A data source whose only working method is the one that gives a connection. */
    static DataSource source(Callable<Connection> connections) {
        return (DataSource) Proxy.newProxyInstance(
                SingleConnection.class.getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> connections.call());
    }

    DataSource source() {
        return source(this::lend);
    }

    int lent() {
        return lent.get();
    }

    int mostAtOnce() {
        return mostAtOnce;
    }

    private Connection lend() {
        mostAtOnce = Math.max(mostAtOnce, lent.incrementAndGet());
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        lent.decrementAndGet();
                        return null;
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
