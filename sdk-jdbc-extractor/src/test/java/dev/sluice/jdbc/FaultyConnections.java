package dev.sluice.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** Connections on which a test has a hand: it may fail, change or watch each call before it is made. */
final class FaultyConnections {
    /** Sees each call before it is made. */
    @FunctionalInterface
    interface Before {
        /** @return the arguments to call with */
        Object[] call(Connection connection, String method, Object[] arguments) throws SQLException;
    }

    private final DataSource database;
    private final Before before;
    private final AtomicInteger taken = new AtomicInteger();

    FaultyConnections(DataSource database, Before before) {
        this.database = database;
        this.before = before;
    }

    /** How many connections were taken. */
    int taken() {
        return taken.get();
    }

    DataSource source() {
        return SingleConnection.source(this::take);
    }

    private Connection take() throws SQLException {
        taken.incrementAndGet();
        Connection connection = database.getConnection();
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    Object[] with = before.call(connection, method.getName(), arguments);
                    try {
                        return method.invoke(connection, with);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
