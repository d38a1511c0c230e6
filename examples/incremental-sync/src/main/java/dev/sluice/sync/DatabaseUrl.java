package dev.sluice.sync;

import dev.sluice.jdbc.dialect.Dialect;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database by its URL, understood without connecting.
 *
 * @param connections gives a new connection each time
 * @param place where it is, for people, without any account
 * @param secret its password; empty if there is none
 */
record DatabaseUrl(DataSource connections, String place, String secret) {
    /** How long a connection may take to come. */
    static final Duration CONNECT = Duration.ofSeconds(10);

    /**
     * Understands a URL of any form.
     *
     * @param silence after how long without an answer a connection is given up
     * @throws IllegalArgumentException if no driver takes it, or it names the user or password a second time
     */
    static DatabaseUrl parse(String url, @Nullable String user, @Nullable String password, Duration silence) {
        if (PostgresUrl.fits(url)) {
            return PostgresUrl.parse(url, user, password, silence);
        } else if (MySqlUrl.fits(url)) {
            return MySqlUrl.parse(url, user, password, silence);
        } else if (url.startsWith("jdbc:")) {
            return OtherUrl.parse(url, user, password);
        }
        String scheme = url.replaceFirst("^([A-Za-z0-9+.-]{1,20}):.*", "$1");
        throw new IllegalArgumentException(
                "url must begin with jdbc:postgresql:, postgresql:, jdbc:mysql:, jdbc:mariadb:,"
                        + " mysql:, or jdbc: and the name of another driver"
                        + (scheme.equals(url) ? "" : ", found " + scheme + ":"));
    }

    /** The dialect that fits a URL, by its first letters; PostgreSQL's for databases that are not known. */
    static Dialect dialect(String url) {
        return MySqlUrl.fits(url) ? Dialect.mysql() : Dialect.postgresql();
    }

    static IllegalArgumentException twice(String key) {
        return new IllegalArgumentException("the " + key + " is in the url and in the key " + key + ": remove one");
    }
}
