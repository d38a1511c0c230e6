package dev.sluice.jdbc.dialect;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;

/** A connection whose driver has another name: nothing is known of it but JDBC. */
final class OtherDriver {
    private OtherDriver() {}

    static Connection hide(Connection connection) {
        return proxy(Connection.class, connection);
    }

    private static <T> T proxy(Class<T> type, T behind) {
        return type.cast(Proxy.newProxyInstance(
                OtherDriver.class.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getDriverName")) {
                        return "Another Driver";
                    }
                    try {
                        Object result = method.invoke(behind, arguments);
                        return result instanceof DatabaseMetaData data ? proxy(DatabaseMetaData.class, data) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
