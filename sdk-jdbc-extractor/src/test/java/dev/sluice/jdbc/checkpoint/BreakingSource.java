package dev.sluice.jdbc.checkpoint;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A database whose connections break in the middle of a transaction when told to. */
final class BreakingSource {
    private final DataSource database;
    private final AtomicInteger broken = new AtomicInteger();
    private volatile @Nullable String point;

    BreakingSource(DataSource database) {
        this.database = database;
    }

    DataSource source() {
        return TestSource.of(() -> wrapped(database.getConnection()));
    }

    /** Before each statement whose text begins like this, or {@code commit}; null for no more. */
    void breakAt(@Nullable String start) {
        point = start;
    }

    int broken() {
        return broken.get();
    }

    private Connection wrapped(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    Object call = arguments == null ? method.getName() : arguments[0];
                    String start = point;
                    if (start != null && call.toString().startsWith(start)) {
                        connection.close();
                        broken.incrementAndGet();
                        throw new SQLException("the connection broke\nDetail: a document", "08006");
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
