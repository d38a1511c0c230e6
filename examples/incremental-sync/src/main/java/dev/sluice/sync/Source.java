package dev.sluice.sync;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/** The source database: where it is, and a small pool of connections to it. Its password is in no message. */
final class Source {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** Longer than any page's query should take; without it a connection that went dead silently waits for ever. */
    private static final Duration SILENCE = Duration.ofMinutes(5);

    /** The form of libpq: {@code postgresql://user:password@host:port/database?parameters}. */
    private static final Pattern DSN =
            Pattern.compile("postgres(?:ql)?://(?:([^@/?#]*)@)?([^@/?#]*)(/[^?#]*)?(\\?.*)?");

    private final PGSimpleDataSource database;
    private final String place;
    private final String secret;

    private Source(PGSimpleDataSource database, String place, String secret) {
        this.database = database;
        this.place = place;
        this.secret = secret;
    }

    /**
     * Understands the URL, without connecting.
     *
     * @throws IllegalArgumentException if it is none of PostgreSQL's, or names the user or password a second time
     */
    static Source of(String url, @Nullable String user, @Nullable String password) {
        Properties settings = parse(jdbc(url));
        give(settings, PGProperty.USER, "user", user);
        give(settings, PGProperty.PASSWORD, "password", password);
        usual(settings, PGProperty.APPLICATION_NAME, "sluice");
        usual(settings, PGProperty.CONNECT_TIMEOUT, Long.toString(CONNECT.toSeconds()));
        usual(settings, PGProperty.SOCKET_TIMEOUT, Long.toString(SILENCE.toSeconds()));
        usual(settings, PGProperty.TCP_KEEP_ALIVE, "true");
        // Server-side prepared statements break behind a pooler that gives each transaction another connection.
        usual(settings, PGProperty.PREPARE_THRESHOLD, "0");
        String place = PGProperty.PG_HOST.getOrDefault(settings) + ":" + PGProperty.PG_PORT.getOrDefault(settings) + "/"
                + PGProperty.PG_DBNAME.getOrDefault(settings);
        return new Source(dataSource(settings), place, settings.getProperty(PGProperty.PASSWORD.getName(), ""));
    }

    /** What must be hidden wherever something is printed. */
    String secret() {
        return secret;
    }

    /**
     * Connects, and keeps at most two connections.
     *
     * @throws CliException if the database cannot be reached, within about 10 seconds
     */
    HikariDataSource open() {
        HikariConfig config = new HikariConfig();
        config.setPoolName("source");
        config.setDataSource(database);
        config.setMaximumPoolSize(2);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(CONNECT.toMillis());
        config.setInitializationFailTimeout(1);
        try {
            return new HikariDataSource(config);
        } catch (HikariPool.PoolInitializationException e) {
            throw unreachable(e);
        }
    }

    /** Host, port and database. */
    @Override
    public String toString() {
        return place;
    }

    private CliException unreachable(RuntimeException e) {
        Optional<SQLException> said = Failures.cause(e, SQLException.class);
        String state = said.map(SQLException::getSQLState).orElse("");
        String reason = Failures.connection(said.<Throwable>map(cause -> cause).orElse(e));
        String advice = state.startsWith("28")
                ? "check source.user and source.password"
                : state.startsWith("53")
                        ? "free a connection of this user or raise its limit"
                        : state.startsWith("3D")
                                ? "check the database's name in source.url"
                                : "check source.url, and that the database is running and lets this machine in";
        return CliException.failed("cannot connect to the database " + place + ": " + reason + "; " + advice, e);
    }

    private static PGSimpleDataSource dataSource(Properties settings) {
        PGSimpleDataSource database = new PGSimpleDataSource();
        settings.stringPropertyNames().forEach(name -> set(database, name, settings.getProperty(name)));
        return database;
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
            throw new IllegalArgumentException("the " + key + " is in the url and in the key " + key + ": remove one");
        }
        settings.setProperty(property.getName(), value);
    }

    private static void usual(Properties settings, PGProperty property, String value) {
        settings.putIfAbsent(property.getName(), value);
    }

    private static Properties parse(String jdbc) {
        Properties settings = Driver.parseURL(jdbc, null);
        if (settings == null) {
            throw new IllegalArgumentException(
                    "url cannot be understood: write jdbc:postgresql://host:port/database; characters that have a"
                            + " meaning in it, such as / and @ in a password, are percent-encoded");
        }
        return settings;
    }

    private static String jdbc(String url) {
        if (url.startsWith("jdbc:postgresql:")) {
            return url;
        }
        Matcher parts = DSN.matcher(url);
        if (parts.matches()) {
            return fromDsn(parts);
        }
        String scheme = url.replaceFirst("^((?:jdbc:)?[A-Za-z0-9+.-]{1,20}):.*", "$1");
        String found = scheme.equals(url) || scheme.startsWith("postgres") ? "" : ", found " + scheme + ":";
        throw new IllegalArgumentException("url must be jdbc:postgresql://host:port/database or"
                + " postgresql://user:password@host:port/database, only PostgreSQL so far" + found);
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
