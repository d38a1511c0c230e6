package dev.sluice.sync;

import com.zaxxer.hikari.util.DriverDataSource;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The URL of a MySQL or MariaDB database; Connector/J, which is in the jar, talks to both. */
final class MySqlUrl {
    private static final Pattern FORM =
            Pattern.compile("(?:jdbc:)?(?:mysql|mariadb)://(?:([^@/?#]*)@)?([^@/?#]*)(/[^?#]*)?(?:\\?(.*))?");

    private MySqlUrl() {}

    static boolean fits(String url) {
        return url.matches("(jdbc:)?(mysql|mariadb):.*");
    }

    static DatabaseUrl parse(String url, @Nullable String user, @Nullable String password, Duration silence) {
        Matcher parts = FORM.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "url cannot be understood: write jdbc:mysql://host:port/database; characters that have a"
                            + " meaning in it, such as / and @ in a password, are percent-encoded");
        }
        Properties settings = parameters(parts.group(4));
        account(settings, parts.group(1));
        give(settings, "user", user);
        give(settings, "password", password);
        settings.putIfAbsent("connectTimeout", Long.toString(DatabaseUrl.CONNECT.toMillis()));
        settings.putIfAbsent("socketTimeout", Long.toString(silence.toMillis()));
        String place =
                host(parts.group(2)) + Optional.ofNullable(parts.group(3)).orElse("/");
        DriverDataSource connections = new DriverDataSource("jdbc:mysql://" + place, null, settings, null, null);
        return new DatabaseUrl(connections, place, settings.getProperty("password", ""));
    }

    private static String host(String written) {
        String host = written.isEmpty() ? "localhost" : written;
        return host.matches(".*:\\d+") ? host : host + ":3306";
    }

    private static Properties parameters(@Nullable String query) {
        Properties settings = new Properties();
        for (String parameter : List.of(query == null ? new String[0] : query.split("&", -1))) {
            int equals = parameter.indexOf('=');
            if (equals > 0) {
                settings.setProperty(decoded(parameter.substring(0, equals)), decoded(parameter.substring(equals + 1)));
            }
        }
        return settings;
    }

    private static void account(Properties settings, @Nullable String account) {
        if (account != null && !account.isEmpty()) {
            int colon = account.indexOf(':');
            give(settings, "user", decoded(colon < 0 ? account : account.substring(0, colon)));
            give(settings, "password", colon < 0 ? null : decoded(account.substring(colon + 1)));
        }
    }

    private static void give(Properties settings, String key, @Nullable String value) {
        if (value == null) {
            return;
        }
        if (settings.containsKey(key)) {
            throw DatabaseUrl.twice(key);
        }
        settings.setProperty(key, value);
    }

    /** A plus is a plus, which the decoding of forms does not know. */
    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
