package dev.sluice.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * Connections on which a test has a hand: it may fail, change or watch each call before it is made, and each query of
 * statements that are not prepared.
 */
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
                    Object result = invoke(connection, method, with);
                    return method.getName().equals("createStatement")
                            ? watched(connection, (Statement) result)
                            : result;
                });
    }

    private Object watched(Connection connection, Statement statement) {
        return Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Statement.class}, (proxy, method, arguments) -> {
                    boolean reads = method.getName().equals("executeQuery");
                    Object[] with = reads ? before.call(connection, method.getName(), arguments) : arguments;
                    return invoke(statement, method, with);
                });
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
