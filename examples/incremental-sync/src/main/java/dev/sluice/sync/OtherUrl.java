package dev.sluice.sync;

import com.zaxxer.hikari.util.DriverDataSource;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A URL for a driver that somebody has put on the class path; it goes to the driver as it is. */
final class OtherUrl {
    private static final Pattern PLACE = Pattern.compile("(jdbc:[a-z0-9:+.-]*)(?://(?:[^@/?;]*@)?([^@/?;&]*))?.*");
    private static final Pattern PASSWORD = Pattern.compile("(?i)[?&;]password=([^&;]*)|//[^@/:?;]*:([^@/?;]*)@");

    private OtherUrl() {}

    static DatabaseUrl parse(String url, @Nullable String user, @Nullable String password) {
        Matcher parts = PLACE.matcher(url);
        String scheme = parts.matches() ? parts.group(1) : "jdbc:";
        try {
            DriverManager.getDriver(url);
        } catch (SQLException e) {
            throw new IllegalArgumentException(
                    "no driver on the class path takes this url, " + scheme
                            + "...: add the driver's jar, as in java -cp incremental-sync.jar:driver.jar dev.sluice.sync.Main",
                    e);
        }
        String secret = secret(url);
        if (password != null && !secret.isEmpty()) {
            throw DatabaseUrl.twice("password");
        }
        String host = parts.matches() && parts.group(2) != null ? "//" + parts.group(2) : "";
        return new DatabaseUrl(
                new DriverDataSource(url, null, new Properties(), user, password),
                scheme + host,
                password == null ? secret : password);
    }

    private static String secret(String url) {
        Matcher found = PASSWORD.matcher(url);
        if (!found.find()) {
            return "";
        }
        String encoded = found.group(1) == null ? found.group(2) : found.group(1);
        return URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
