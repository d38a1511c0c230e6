package dev.sluice.jdbc.testing;

import java.lang.reflect.Proxy;
import java.sql.DriverManager;
import javax.sql.DataSource;

/** A data source that can do one thing: open a new connection to a URL. */
final class UrlDataSource {
    private UrlDataSource() {}

    static DataSource of(String url) {
        return (DataSource) Proxy.newProxyInstance(
                UrlDataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("getConnection") || arguments != null) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    return DriverManager.getConnection(url);
                });
    }
}
