package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.dialect.Finding;
import dev.sluice.jdbc.source.TablePlan;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A transaction that was forgotten must not hold a table up for ever, and must not be lost either. */
final class MaxWaitTest {
    private static final TablePlan EVENTS =
            TablePlan.of("events", "bronze.events").watermark("updated_at").key("id");

    private static final Duration WAIT = Duration.ofMillis(300);

    private final SyncFixture fixture = new SyncFixture();
    private final List<Finding> heard = new ArrayList<>();

    @BeforeEach
    void create_events() {
        create(fixture);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void delivers_later_rows_and_then_those_of_the_transaction_when_it_lasts_too_long() throws SQLException {
        try (Connection late = fixture.begin()) {
            late.createStatement().execute("INSERT INTO events VALUES (1, now())");
            fixture.db.run("INSERT INTO events VALUES (2, clock_timestamp())");
            waitLonger(fixture);
            TableReport during = fixture.sync(patient(fixture));
            assertThat(fixture.lake.values("id")).containsExactly("2");
            assertThat(SyncFixture.codes(during)).containsExactly("HORIZON_OVERTAKEN");
            assertThat(heard).isEqualTo(during.findings());
            fixture.db.run("INSERT INTO events VALUES (3, clock_timestamp())");
            waitLonger(fixture);
            fixture.sync(patient(fixture));
            late.commit();
        }
        fixture.waitForHorizon();
        TableReport after = fixture.sync(patient(fixture));
        assertThat(after.findings()).isEmpty();
        assertThat(fixture.lake.values("id")).containsExactly("2", "3", "1");
        assertThat(fixture.checkpoint().overtaken()).isNull();
        fixture.sync(patient(fixture));
        assertThat(fixture.checkpoint().recent()).isEmpty();
        assertThat(fixture.lake.rows()).hasSize(3);
    }

    @Test
    void delivers_a_row_again_when_it_changed_under_its_time_while_it_was_overtaken() throws SQLException {
        fixture.db.run("ALTER TABLE events ADD name text");
        try (Connection late = fixture.begin()) {
            late.createStatement().execute("SELECT now()");
            fixture.db.run("INSERT INTO events VALUES (2, clock_timestamp(), 'old')");
            waitLonger(fixture);
            fixture.sync(patient(fixture));
            late.createStatement().execute("UPDATE events SET name = 'new', updated_at = now() WHERE id = 2");
            late.commit();
        }
        fixture.waitForHorizon();
        fixture.sync(patient(fixture));
        assertThat(fixture.lake.values("name")).containsExactly("old", "new");
    }

    @Test
    void reads_again_as_far_as_transactions_have_ended_when_others_are_still_open() throws SQLException {
        try (Connection first = fixture.begin();
                Connection second = fixture.begin()) {
            first.createStatement().execute("INSERT INTO events VALUES (1, now())");
            waitLonger(fixture);
            second.createStatement().execute("INSERT INTO events VALUES (2, now())");
            waitLonger(fixture);
            fixture.db.run("INSERT INTO events VALUES (3, clock_timestamp())");
            waitLonger(fixture);
            fixture.sync(patient(fixture));
            first.commit();
            fixture.sync(patient(fixture));
            assertThat(fixture.lake.values("id")).containsExactly("3", "1");
            assertThat(fixture.checkpoint().overtaken()).isNotNull();
            second.commit();
            fixture.waitForHorizon();
            fixture.sync(patient(fixture));
        }
        assertThat(fixture.lake.values("id")).containsExactly("3", "1", "2");
    }

    @Test
    void sends_rows_again_and_says_how_many_when_more_were_overtaken_than_are_remembered() throws SQLException {
        int rows = Recent.CAPACITY + 50;
        try (Connection late = fixture.begin()) {
            late.createStatement().execute("INSERT INTO events VALUES (0, now())");
            fixture.db.run("INSERT INTO events SELECT i, clock_timestamp() FROM generate_series(1, " + rows + ") i");
            waitLonger(fixture);
            TableReport during = fixture.sync(large());
            assertThat(SyncFixture.sentence(during, "RECENT_OVERFLOW"))
                    .hasValueSatisfying(sentence -> assertThat(sentence).startsWith("50 rows found no room"));
            late.commit();
        }
        fixture.waitForHorizon();
        assertThat(fixture.sync(large()).rows()).isEqualTo(51);
        assertThat(fixture.lake.values("id")).hasSize(rows + 51).contains("0");
    }

    @Test
    void loses_and_repeats_nothing_when_it_crashes_at_any_save() throws SQLException {
        boolean crashed = true;
        for (int saves = 0; crashed; saves++) {
            try (SyncFixture one = new SyncFixture();
                    Connection late = one.begin()) {
                create(one);
                late.createStatement().execute("INSERT INTO events SELECT i, now() FROM generate_series(1, 12) i");
                one.db.run("INSERT INTO events SELECT i, clock_timestamp() FROM generate_series(20, 35) i");
                waitLonger(one);
                crashed = one.crashesAfter(saves, patient(one));
                late.commit();
                one.waitForHorizon();
                crashed |= one.crashesAfter(saves, patient(one));
                one.sync(patient(one));
                assertThat(one.valuesOnce("id"))
                        .as("crash at save %s", saves)
                        .hasSize(28)
                        .doesNotHaveDuplicates();
            }
        }
    }

    @Test
    void refuses_to_wait_no_longer_than_it_lags_behind() {
        assertThatThrownBy(() -> fixture.extractor(EVENTS)
                        .maxWait(WAIT)
                        .horizonLag(Duration.ofSeconds(1))
                        .build())
                .hasMessage("maxWait must be longer than horizonLag, found PT0.3S and PT1S");
    }

    private JdbcExtractor.Builder patient(SyncFixture one) {
        heard.clear();
        return one.extractor(EVENTS).maxWait(WAIT).listener(new SyncListener() {
            @Override
            public void found(Finding finding) {
                heard.add(finding);
            }
        });
    }

    private JdbcExtractor.Builder large() {
        return patient(fixture).pages(BatchPolicy.DEFAULT);
    }

    private static void create(SyncFixture one) {
        one.db.run("CREATE TABLE events (id int PRIMARY KEY, updated_at timestamptz NOT NULL)");
    }

    private static void waitLonger(SyncFixture one) {
        one.db.one("SELECT pg_sleep(0.35)");
    }
}
