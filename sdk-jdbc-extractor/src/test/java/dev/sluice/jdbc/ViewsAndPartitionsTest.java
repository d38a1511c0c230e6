package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.source.TablePlan;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tables that are made of others. */
final class ViewsAndPartitionsTest {
    private static final TablePlan EVENTS =
            TablePlan.of("events", "bronze.events").watermark("at").key("id", "region");

    private final TestSync sync = new TestSync();

    @AfterEach
    void close() {
        sync.close();
    }

    @Test
    void reads_all_partitions_when_they_are_nested_and_one_is_added_later() {
        sync.db.run(
                "CREATE TABLE events (id int, region text, at timestamptz NOT NULL, PRIMARY KEY (id, region))"
                        + " PARTITION BY LIST (region)",
                "CREATE TABLE events_eu PARTITION OF events FOR VALUES IN ('eu') PARTITION BY RANGE (id)",
                "CREATE TABLE events_eu_1 PARTITION OF events_eu FOR VALUES FROM (0) TO (20)",
                "CREATE TABLE events_eu_2 PARTITION OF events_eu FOR VALUES FROM (20) TO (100)",
                "CREATE TABLE events_rest PARTITION OF events DEFAULT",
                "INSERT INTO events SELECT i, r, now() - interval '1 hour' FROM generate_series(1, 40) i,"
                        + " unnest(ARRAY['eu', 'us']) r");
        assertThat(sync.sync(7, EVENTS).rows()).isEqualTo(80);
        assertThat(sync.lake.rows()).doesNotHaveDuplicates();
        sync.db.run(
                "CREATE TABLE late (id int NOT NULL, region text NOT NULL, at timestamptz NOT NULL)",
                "INSERT INTO late VALUES (1, 'asia', now())",
                "ALTER TABLE events ATTACH PARTITION late FOR VALUES IN ('asia')");
        sync.waitForHorizon();
        assertThat(sync.sync(7, EVENTS).rows()).isEqualTo(1);
        assertThat(sync.sync(
                                7,
                                TablePlan.of("events_eu", "bronze.eu")
                                        .watermark("at")
                                        .key("id"))
                        .rows())
                .isEqualTo(40);
    }

    @Test
    void reads_the_children_of_a_table_with_its_own_columns() {
        sync.db.run(
                "CREATE TABLE events (id int, region text, at timestamptz NOT NULL)",
                "CREATE TABLE special (extra text) INHERITS (events)",
                "INSERT INTO events VALUES (1, 'eu', now() - interval '1 hour')",
                "INSERT INTO special VALUES (2, 'eu', now() - interval '1 hour', 'x')");
        assertThat(sync.rows(EVENTS)).extracting(row -> row.path("id").asInt()).containsExactly(1, 2);
        assertThat(sync.lake.rows().get(1).has("extra")).isFalse();
    }

    @Test
    void leaves_the_children_out_when_a_query_says_only() {
        sync.db.run(
                "CREATE TABLE events (id int, region text, at timestamptz NOT NULL)",
                "CREATE TABLE special (extra text) INHERITS (events)",
                "INSERT INTO events VALUES (1, 'eu', now() - interval '1 hour')",
                "INSERT INTO special VALUES (2, 'eu', now() - interval '1 hour', 'x')");
        TablePlan only = TablePlan.query("only events", "SELECT * FROM ONLY events", "bronze.only")
                .watermark("at")
                .key("id");
        assertThat(sync.rows(only)).extracting(row -> row.path("id").asInt()).containsExactly(1);
    }

    @Test
    void refuses_a_key_that_comes_twice_over_a_parent_and_its_child() {
        sync.db.run(
                "CREATE TABLE events (id int PRIMARY KEY, region text DEFAULT 'eu', at timestamptz NOT NULL DEFAULT '2025-01-01Z')",
                "CREATE TABLE special () INHERITS (events)",
                "INSERT INTO events SELECT generate_series(1, 3)",
                "INSERT INTO special SELECT generate_series(1, 3)");
        assertThat(sync.sync(1, EVENTS).error()).hasMessageContaining("must be unique together");
    }

    @Test
    void reads_a_view_over_a_join_and_refuses_its_nulls() {
        sync.db.run(
                "CREATE TABLE events (id int PRIMARY KEY, region text, at timestamptz)",
                "INSERT INTO events SELECT i, 'eu', '2025-01-01Z' FROM generate_series(1, 9) i",
                "CREATE TABLE names (id int PRIMARY KEY, name varchar(20), at timestamptz)",
                "INSERT INTO names SELECT i, 'n' || i, '2025-02-01Z' FROM generate_series(3, 12) i",
                "CREATE VIEW v AS SELECT n.id, name, region, greatest(e.at, n.at) AS at FROM names n LEFT JOIN events e"
                        + " USING (id)");
        TablePlan view = TablePlan.of("v", "bronze.v").watermark("at").key("id");
        assertThat(sync.sync(4, view).rows()).isEqualTo(10);
        assertThat(sync.lake.rows().get(0).toString()).startsWith("{\"id\":3,\"name\":\"n3\",\"region\":\"eu\"");
        sync.db.run("INSERT INTO names VALUES (50, 'x', NULL)");
        assertThat(sync.sync(4, view).error()).hasMessageContaining("public.v has 1 row with NULL in at");
        assertThat(sync.sync(4, view.filter("at IS NOT NULL")).error()).hasMessageContaining("mode was append");
    }
}
