package dev.sluice.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLFeatureNotSupportedException;
import javax.sql.DataSource;

/** A pool whose connections do not lead to the driver's own, as some do not. */
public final class HiddenDriver {
    private HiddenDriver() {}

    public static DataSource behind(DataSource database) {
        return SingleConnection.source(() -> hide(database.getConnection()));
    }

    public static Connection hide(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                HiddenDriver.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("unwrap") || method.getName().equals("isWrapperFor")) {
                        throw new SQLFeatureNotSupportedException("not unwrapped");
                    }
                    try {
                        return method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }
}
