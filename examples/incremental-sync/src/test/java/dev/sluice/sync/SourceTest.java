package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://host:7/db|host:7/db|",
                "jdbc:postgresql:db|localhost:5432/db|",
                "jdbc:postgresql://host/db?user=a&password=b%26c|host:5432/db|b&c",
                "postgresql://a:b@host/db|host:5432/db|b",
                "postgres://a:p%40s%2Fs%3A+x@host:7/db|host:7/db|p@s/s:+x",
                "postgresql://a:b@host:7/db?sslmode=disable&connect_timeout=3|host:7/db|b",
                "postgresql:///db|localhost:5432/db|",
                "jdbc:mysql://host/db|host:3306/db|",
                "jdbc:mariadb://host:7/db?user=a&password=b%26c&sslMode=DISABLED|host:7/db|b&c",
                "mysql://a:p%40s%2Fs%3A+x@host:7/db|host:7/db|p@s/s:+x",
                "mariadb:///db|localhost:3306/db|",
                "jdbc:sqlite:/tmp/some.db|jdbc:sqlite:|",
                "jdbc:postgresql:db|localhost:5432/db|"
            })
    void finds_place_and_password_when_the_url_is_of_either_form(String url, String place, String password) {
        Source source = Source.of("source", url, null, null, Source.SILENCE);

        assertThat(source).hasToString(place);
        assertThat(source.secret()).isEqualTo(password == null ? "" : password);
    }

    @Test
    void refuses_the_url_without_repeating_it_when_it_is_malformed() {
        assertThatThrownBy(() -> Source.of("source", "postgresql://a:s3cret/x@host:1/db", null, null, Source.SILENCE))
                .hasMessageContaining("cannot be understood")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void connects_with_careful_settings_when_the_url_gives_none() throws SQLException {
        Shop shop = Shop.open();
        String dsn = "postgresql://postgres:x%40y@localhost:" + shop.port() + "/" + shop.name();

        try (HikariDataSource pool =
                        Source.of("source", dsn, null, null, Source.SILENCE).open(Source.CONNECTIONS);
                Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet name = statement.executeQuery("SHOW application_name")) {
            name.next();
            assertThat(name.getString(1)).isEqualTo("sluice");
            assertThat(pool.getMaximumPoolSize()).isEqualTo(2);
            assertThat(connection.getNetworkTimeout()).isEqualTo(300_000);
        }
    }

    @Test
    void keeps_the_urls_own_settings_when_it_has_some() throws SQLException {
        Shop shop = Shop.open();
        String url = shop.url() + "?ApplicationName=mine&socketTimeout=7&user=postgres";

        try (HikariDataSource pool =
                        Source.of("source", url, null, null, Source.SILENCE).open(Source.CONNECTIONS);
                Connection connection = pool.getConnection()) {
            assertThat(connection.getClientInfo("ApplicationName")).isEqualTo("mine");
            assertThat(connection.getNetworkTimeout()).isEqualTo(7_000);
        }
    }
}
