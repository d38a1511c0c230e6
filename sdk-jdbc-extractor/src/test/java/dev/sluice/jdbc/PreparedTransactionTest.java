package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.source.TablePlan;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A prepared transaction shows nowhere when it began, and its rows come long after it was prepared. */
final class PreparedTransactionTest {
    private static final TablePlan EVENTS =
            TablePlan.of("events", "bronze.events").watermark("updated_at").key("id");

    private final SyncFixture fixture = new SyncFixture();
    private final String name = fixture.db.one("SELECT current_database()");

    @BeforeEach
    void create_events() {
        fixture.db.run("CREATE TABLE events (id int PRIMARY KEY, updated_at timestamptz NOT NULL)");
    }

    @AfterEach
    void close() {
        // Of a test that failed; an open one keeps the database from being dropped.
        if (fixture.db
                .one("SELECT count(*) FROM pg_prepared_xacts WHERE gid = '" + name + "'")
                .equals("1")) {
            fixture.db.run("ROLLBACK PREPARED '" + name + "'");
        }
        fixture.close();
    }

    @Test
    void loses_nothing_when_a_prepared_transaction_is_committed_after_others() throws SQLException {
        fixture.sync(EVENTS);
        fixture.db.run("INSERT INTO events VALUES (3, now())");
        fixture.waitForHorizon();
        fixture.sync(EVENTS);
        prepare(1);
        fixture.db.run("INSERT INTO events VALUES (2, clock_timestamp())");
        fixture.waitForHorizon();
        SyncReport.TableReport during = fixture.sync(EVENTS);
        assertThat(fixture.lake.values("id")).containsExactly("3");
        assertThat(during.heldBack()).isEqualTo(1);
        assertThat(fixture.checkpoint().prepared()).hasSize(1);
        fixture.sync(EVENTS);
        fixture.db.run("COMMIT PREPARED '" + name + "'");
        fixture.sync(EVENTS);
        assertThat(fixture.lake.values("id")).containsExactly("3", "1", "2");
        assertThat(fixture.checkpoint().prepared()).isEmpty();
    }

    @Test
    void goes_on_when_a_prepared_transaction_is_rolled_back() throws SQLException {
        fixture.sync(EVENTS);
        prepare(1);
        fixture.db.run("INSERT INTO events VALUES (2, clock_timestamp())");
        fixture.sync(EVENTS);
        fixture.db.run("ROLLBACK PREPARED '" + name + "'");
        fixture.waitForHorizon();
        fixture.sync(EVENTS);
        assertThat(fixture.lake.values("id")).containsExactly("2");
    }

    @Test
    void refuses_the_first_pass_when_nothing_is_known_of_a_prepared_transaction() throws SQLException {
        prepare(1);
        SyncReport.TableReport report =
                fixture.extractor(EVENTS).build().syncOnce().tables().get(0);
        assertThat(report.error())
                .hasMessageContaining("1 prepared transactions are open")
                .hasMessageContaining("or set a horizon lag");
        fixture.db.run("COMMIT PREPARED '" + name + "'");
        fixture.waitForHorizon();
        assertThat(fixture.sync(EVENTS).rows()).isEqualTo(1);
    }

    @Test
    void stays_behind_by_the_lag_when_nothing_is_known_of_a_prepared_transaction() throws SQLException {
        prepare(1);
        fixture.db.run("INSERT INTO events VALUES (2, now() - interval '5 seconds'), (3, now() - interval '1 minute')");
        JdbcExtractor.Builder lagging = fixture.extractor(EVENTS).horizonLag(Duration.ofSeconds(30));
        fixture.sync(lagging);
        assertThat(fixture.lake.values("id")).containsExactly("3");
        fixture.db.run("COMMIT PREPARED '" + name + "'");
        fixture.waitForHorizon();
        fixture.sync(lagging);
        assertThat(fixture.lake.values("id")).containsExactly("3", "2", "1");
    }

    private void prepare(int id) throws SQLException {
        try (Connection connection = fixture.begin()) {
            connection.createStatement().execute("INSERT INTO events VALUES (" + id + ", now())");
            connection.createStatement().execute("PREPARE TRANSACTION '" + name + "'");
        }
    }
}
