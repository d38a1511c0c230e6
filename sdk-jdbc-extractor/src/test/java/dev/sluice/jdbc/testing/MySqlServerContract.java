package dev.sluice.jdbc.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.sql.Connection;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;

/** What tests rely on in MariaDB and MySQL alike. */
abstract class MySqlServerContract extends DatabaseServerContract {
    @Test
    void is_away_from_utc_and_from_the_jvms_zone() {
        assertThat(db.one("SELECT @@session.time_zone")).isEqualTo("+05:30");
    }

    @Test
    void gives_back_what_other_defaults_would_cut() throws Exception {
        db.run(
                "CREATE TABLE t (word varchar(20), moment timestamp(6), large bigint unsigned)",
                "INSERT INTO t VALUES ('w\u00f6rd \ud83c\udf0a', '2025-01-02 03:04:05.123456', 18446744073709551615)");
        try (Connection connection = db.dataSource().getConnection();
                var rows = connection.createStatement().executeQuery("SELECT * FROM t")) {
            rows.next();
            assertThat(rows.getString("word")).isEqualTo("w\u00f6rd \ud83c\udf0a");
            assertThat(rows.getObject("moment", LocalDateTime.class))
                    .isEqualTo(LocalDateTime.parse("2025-01-02T03:04:05.123456"));
            assertThat(rows.getObject("large")).isEqualTo(BigInteger.TWO.pow(64).subtract(BigInteger.ONE));
        }
    }

    @Test
    void repeats_the_servers_words_when_it_does_not_start() throws Exception {
        try (DatabaseServer own = open()) {
            own.stop();
            try (Socket taken = new Socket()) { // has the port, and takes no connections
                taken.bind(new InetSocketAddress("127.0.0.1", own.port()));
                assertThatThrownBy(own::start)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("Address already in use");
            }
        }
    }
}
