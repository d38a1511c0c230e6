package dev.sluice.sync;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/** The URL of a PostgreSQL database, in the driver's form or in that of libpq. */
final class PostgresUrl {
    /** The form of libpq: {@code postgresql://user:password@host:port/database?parameters}. */
    private static final Pattern DSN =
            Pattern.compile("postgres(?:ql)?://(?:([^@/?#]*)@)?([^@/?#]*)(/[^?#]*)?(\\?.*)?");

    private PostgresUrl() {}

    static boolean fits(String url) {
        return url.startsWith("jdbc:postgresql:") || url.matches("postgres(ql)?:.*");
    }

    static DatabaseUrl parse(String url, @Nullable String user, @Nullable String password, Duration silence) {
        Matcher dsn = DSN.matcher(url);
        Properties settings = settings(dsn.matches() ? fromDsn(dsn) : url);
        give(settings, PGProperty.USER, "user", user);
        give(settings, PGProperty.PASSWORD, "password", password);
        usual(settings, PGProperty.APPLICATION_NAME, "sluice");
        usual(settings, PGProperty.CONNECT_TIMEOUT, Long.toString(DatabaseUrl.CONNECT.toSeconds()));
        usual(settings, PGProperty.SOCKET_TIMEOUT, Long.toString(silence.toSeconds()));
        usual(settings, PGProperty.TCP_KEEP_ALIVE, "true");
        // Server-side prepared statements break behind a pooler that gives each transaction another connection.
        usual(settings, PGProperty.PREPARE_THRESHOLD, "0");
        String place = PGProperty.PG_HOST.getOrDefault(settings) + ":" + PGProperty.PG_PORT.getOrDefault(settings) + "/"
                + PGProperty.PG_DBNAME.getOrDefault(settings);
        return new DatabaseUrl(dataSource(settings), place, settings.getProperty(PGProperty.PASSWORD.getName(), ""));
    }

    private static PGSimpleDataSource dataSource(Properties settings) {
        PGSimpleDataSource database = new Connections();
        settings.stringPropertyNames().forEach(name -> set(database, name, settings.getProperty(name)));
        return database;
    }

    /** Asks this driver alone: the one it extends has every driver of the jar loaded, with DuckDB's and the recorder of the JVM. */
    private static final class Connections extends PGSimpleDataSource {
        private static final long serialVersionUID = 1;

        @Override
        public Connection getConnection(@Nullable String user, @Nullable String password) throws SQLException {
            Properties account = new Properties();
            if (user != null) {
                account.setProperty(PGProperty.USER.getName(), user);
            }
            if (password != null) {
                account.setProperty(PGProperty.PASSWORD.getName(), password);
            }
            return Objects.requireNonNull(new Driver().connect(getUrl(), account));
        }
    }

    private static void set(PGSimpleDataSource database, String name, String value) {
        try {
            database.setProperty(name, value);
        } catch (SQLException e) {
            throw new IllegalArgumentException("url has a parameter " + name + " that the driver does not know", e);
        }
    }

    private static void give(Properties settings, PGProperty property, String key, @Nullable String value) {
        if (value == null) {
            return;
        }
        if (settings.containsKey(property.getName())) {
            throw DatabaseUrl.twice(key);
        }
        settings.setProperty(property.getName(), value);
    }

    private static void usual(Properties settings, PGProperty property, String value) {
        settings.putIfAbsent(property.getName(), value);
    }

    private static Properties settings(String jdbc) {
        Properties settings = Driver.parseURL(jdbc, null);
        if (settings == null) {
            throw new IllegalArgumentException(
                    "url cannot be understood: write jdbc:postgresql://host:port/database; characters that have a"
                            + " meaning in it, such as / and @ in a password, are percent-encoded");
        }
        return settings;
    }

    private static String fromDsn(Matcher parts) {
        String account = Optional.ofNullable(parts.group(1)).orElse("");
        String host = Optional.ofNullable(parts.group(2))
                .filter(name -> !name.isEmpty())
                .orElse("localhost");
        String database = Optional.ofNullable(parts.group(3)).orElse("/");
        String query = Optional.ofNullable(parts.group(4)).orElse("?");
        StringBuilder url = new StringBuilder("jdbc:postgresql://" + host + database + named(query));
        if (!account.isEmpty()) {
            int colon = account.indexOf(':');
            append(url, PGProperty.USER, colon < 0 ? account : account.substring(0, colon));
            if (colon >= 0) {
                append(url, PGProperty.PASSWORD, account.substring(colon + 1));
            }
        }
        return url.toString();
    }

    /** The two parameters that libpq spells otherwise. */
    private static String named(String query) {
        return query.replace("connect_timeout=", PGProperty.CONNECT_TIMEOUT.getName() + "=")
                .replace("application_name=", PGProperty.APPLICATION_NAME.getName() + "=");
    }

    /** In a user or password a plus is a plus, which the decoding of forms does not know. */
    private static void append(StringBuilder url, PGProperty property, String encoded) {
        String plain = URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
        url.append(url.charAt(url.length() - 1) == '?' ? "" : "&")
                .append(property.getName())
                .append('=')
                .append(URLEncoder.encode(plain, StandardCharsets.UTF_8));
    }
}
