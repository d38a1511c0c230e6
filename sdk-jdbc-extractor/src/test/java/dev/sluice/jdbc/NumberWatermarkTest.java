package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.source.TablePlan;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Watermarks that are no times: ids, versions, texts. */
final class NumberWatermarkTest {
    private static final TablePlan BY_ID =
            TablePlan.of("events", "bronze.events").watermark("id").key("id");
    private static final TablePlan BY_VERSION =
            TablePlan.of("events", "bronze.events").watermark("version").key("id");

    private final SyncFixture fixture = new SyncFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void reads_all_of_a_quiet_table_in_one_pass() {
        create("id bigserial PRIMARY KEY, name text");
        fixture.db.run("INSERT INTO events (name) SELECT 'n' FROM generate_series(1, 35)");
        TableReport report = fixture.sync(BY_ID);
        assertThat(fixture.lake.values("id")).isEqualTo(numbers(1, 35));
        assertThat(report.heldBack()).isZero();
        assertThat(report.cursor().values()).containsExactly("35");
        fixture.db.run("INSERT INTO events (name) VALUES ('more')");
        assertThat(fixture.sync(BY_ID).rows()).isEqualTo(1);
        assertThat(fixture.sync(BY_ID).rows()).isZero();
    }

    @Test
    void delivers_a_lower_number_that_is_committed_late() throws SQLException {
        create("id bigserial PRIMARY KEY, name text");
        fixture.db.run("INSERT INTO events (name) VALUES ('first')");
        fixture.sync(BY_ID);
        try (Connection late = fixture.begin()) {
            late.createStatement().execute("INSERT INTO events (name) VALUES ('late')");
            fixture.db.run("INSERT INTO events (name) VALUES ('early')");
            TableReport during = fixture.sync(BY_ID);
            assertThat(fixture.lake.values("name")).containsExactly("first");
            assertThat(during.heldBack()).isEqualTo(1);
            late.commit();
        }
        fixture.sync(BY_ID);
        assertThat(fixture.lake.values("name")).containsExactly("first", "late", "early");
    }

    @Test
    void reads_nothing_yet_and_no_update_later_when_the_first_number_may_still_come() throws SQLException {
        create("id bigserial PRIMARY KEY, name text");
        try (Connection late = fixture.begin()) {
            late.createStatement().execute("INSERT INTO events (name) VALUES ('late')");
            fixture.db.run("INSERT INTO events (name) VALUES ('early')");
            TableReport during = fixture.sync(BY_ID.cdc(true));
            assertThat(during.rows()).isZero();
            assertThat(during.heldBack()).isEqualTo(1);
            assertThat(during.complete()).isTrue();
            late.commit();
        }
        fixture.sync(BY_ID.cdc(true));
        assertThat(fixture.lake.values("_cdc_op")).containsExactly("c", "c");
    }

    @Test
    void is_not_disturbed_by_numbers_that_were_rolled_back_or_deleted() throws SQLException {
        create("id bigserial PRIMARY KEY, name text");
        try (Connection connection = fixture.begin()) {
            connection.createStatement().execute("INSERT INTO events (name) VALUES ('none')");
            connection.rollback();
        }
        fixture.db.run("INSERT INTO events (name) VALUES ('a'), ('b')");
        fixture.sync(BY_ID);
        fixture.db.run("DELETE FROM events WHERE name = 'b'");
        assertThat(fixture.sync(BY_ID).rows()).isZero();
        fixture.db.run("INSERT INTO events (name) VALUES ('c')");
        fixture.sync(BY_ID);
        assertThat(fixture.lake.values("name")).containsExactly("a", "b", "c");
    }

    @Test
    void delivers_updates_that_raise_a_version() {
        create("id int PRIMARY KEY, version bigint NOT NULL, name text");
        fixture.db.run(
                "CREATE SEQUENCE versions",
                "INSERT INTO events SELECT i, nextval('versions'), 'n' FROM" + " generate_series(1, 25) i");
        fixture.sync(BY_VERSION);
        fixture.db.run("UPDATE events SET name = 'new', version = nextval('versions') WHERE id IN (3, 20)");
        fixture.sync(BY_VERSION);
        assertThat(fixture.lake.values("id").subList(25, 27)).containsExactly("3", "20");
        assertThat(fixture.lake.rows()).hasSize(27);
    }

    @Test
    void reads_rows_of_one_version_once_when_they_are_more_than_a_page() {
        create("id int PRIMARY KEY, version bigint NOT NULL");
        fixture.db.run("INSERT INTO events SELECT i, i / 20 FROM generate_series(1, 60) i");
        fixture.sync(BY_VERSION);
        assertThat(fixture.lake.values("id")).hasSize(60).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @CsvSource({
        "bigint, '-9223372036854775808;-5;0;9223372036854775807'",
        "integer, '-7;-1;0;3'",
        "'numeric(30,10)', '-1.5;0;0.0000000001;12345678901234567890.1'",
        "numeric, '-2;0;0.30000000000000000001;7'",
        "text, 'a;b;c'",
        "'text COLLATE \"und-x-icu\"', 'a;Ä;b;B'",
        "'varchar(9) COLLATE \"C\"', 'B;a;Ä'",
        "uuid, '00000000-0000-7000-8000-000000000001;00000000-0000-7000-8000-000000000002'",
        "bytea, '\\x00;\\x01;\\xff'",
        "interval, '1 day;25 hours;3 days'"
    })
    void goes_by_the_order_of_the_type(String type, String ascending) {
        create("id " + type + " PRIMARY KEY, place int NOT NULL");
        String[] values = ascending.split(";");
        for (int i = 0; i < values.length; i++) {
            fixture.db.run("INSERT INTO events VALUES ('" + values[i] + "', " + i + ")");
            if (i % 2 == 0) {
                fixture.sync(BY_ID);
            }
        }
        fixture.sync(BY_ID);
        assertThat(fixture.lake.values("place")).isEqualTo(numbers(0, values.length - 1));
    }

    @Test
    void goes_by_the_rest_of_the_key_among_rows_of_one_watermark() {
        create("tenant int, id bigint, PRIMARY KEY (tenant, id)");
        fixture.db.run("INSERT INTO events SELECT i % 5, i / 5 FROM generate_series(0, 59) i");
        TablePlan plan = BY_ID.key("tenant", "id");
        TableReport loaded = fixture.sync(plan);
        assertThat(loaded.rows()).isEqualTo(60);
        assertThat(loaded.cursor().values()).containsExactly("11");
        fixture.db.run("INSERT INTO events SELECT i % 25, 12 + i / 25 FROM generate_series(0, 49) i");
        TableReport report = fixture.sync(plan);
        assertThat(report.rows()).isEqualTo(50);
        assertThat(report.cursor().values()).containsExactly("13", "24");
        assertThat(fixture.sync(plan).rows()).isZero();
    }

    @Test
    void delivers_what_was_overtaken_when_it_is_committed_at_last() throws SQLException {
        create("id bigserial PRIMARY KEY, name text");
        fixture.db.run("INSERT INTO events (name) VALUES ('first')");
        fixture.sync(BY_ID);
        try (Connection late = fixture.begin()) {
            late.createStatement().execute("INSERT INTO events (name) VALUES ('late')");
            fixture.db.run("INSERT INTO events (name) VALUES ('early')");
            fixture.sync(patient());
            fixture.db.one("SELECT pg_sleep(0.4)");
            TableReport during = fixture.sync(patient());
            assertThat(fixture.lake.values("name")).containsExactly("first", "early");
            assertThat(SyncFixture.codes(during)).containsExactly("HORIZON_OVERTAKEN");
            late.commit();
        }
        fixture.sync(patient());
        assertThat(fixture.lake.values("name")).containsExactly("first", "early", "late");
        assertThat(fixture.checkpoint().overtaken()).isNull();
        assertThat(fixture.checkpoint().marks()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void delivers_what_was_overtaken_when_nothing_had_been_read_before() throws SQLException {
        create("id bigserial PRIMARY KEY, name text");
        try (Connection late = fixture.begin()) {
            late.createStatement().execute("INSERT INTO events (name) VALUES ('late')");
            fixture.db.run("INSERT INTO events (name) VALUES ('early')");
            fixture.sync(patient());
            fixture.db.one("SELECT pg_sleep(0.4)");
            fixture.sync(patient());
            assertThat(fixture.lake.values("name")).containsExactly("early");
            late.commit();
        }
        fixture.sync(patient());
        assertThat(fixture.lake.values("name")).containsExactly("early", "late");
    }

    @Test
    void ends_its_waiting_when_it_is_stopped() throws SQLException {
        create("id bigserial PRIMARY KEY, name text");
        fixture.db.run("INSERT INTO events (name) VALUES ('n')");
        try (Connection open = fixture.begin()) {
            open.createStatement().execute("SELECT 1");
            JdbcExtractor extractor =
                    fixture.extractor(BY_ID).listener(new SyncListener() {}).build();
            Thread stopper = new Thread(() -> {
                fixture.db.one("SELECT pg_sleep(0.3)");
                extractor.stop();
            });
            stopper.start();
            long begun = System.nanoTime();
            extractor.syncOnce();
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofMillis(2_500));
        }
    }

    @Test
    void loses_and_repeats_nothing_when_it_crashes_at_any_save() {
        boolean crashed = true;
        for (int saves = 0; crashed; saves++) {
            try (SyncFixture one = new SyncFixture()) {
                one.db.run(
                        "CREATE TABLE events (id bigint PRIMARY KEY)",
                        "INSERT INTO events SELECT * FROM generate_series(1, 25)");
                crashed = one.crashesAfter(saves, one.extractor(BY_ID));
                assertThat(one.valuesOnce("id")).as("crash at save %s", saves).isEqualTo(numbers(1, 25));
            }
        }
    }

    @Test
    void refuses_the_checkpoint_when_the_database_was_restored() {
        create("id bigserial PRIMARY KEY, name text");
        fixture.sync(BY_ID);
        Saves.locked(fixture.store, fixture.checkpoint().passed(java.time.Instant.parse("2999-01-01T00:00:00Z")));
        assertThatThrownBy(() -> fixture.sync(BY_ID)).hasMessageContaining("lies in the future of the database");
    }

    private JdbcExtractor.Builder patient() {
        return fixture.extractor(BY_ID).maxWait(Duration.ofMillis(300));
    }

    private void create(String columns) {
        fixture.db.run("CREATE TABLE events (" + columns + ")");
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList();
    }
}
