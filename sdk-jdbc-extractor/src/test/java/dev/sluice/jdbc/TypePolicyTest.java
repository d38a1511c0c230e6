package dev.sluice.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.dialect.TypePolicy;
import dev.sluice.jdbc.dialect.TypePolicy.Documents;
import dev.sluice.jdbc.dialect.TypePolicy.Odd;
import dev.sluice.jdbc.source.TablePlan;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a plan makes of values that have no place in JSON, and what it says of that. */
final class TypePolicyTest {
    private static final TablePlan EVENTS =
            TablePlan.of("events", "bronze.events").watermark("updated_at").key("id");

    private final SyncFixture fixture = new SyncFixture();

    @BeforeEach
    void create() {
        fixture.db.run(
                "CREATE TABLE events (id int PRIMARY KEY, until date, doc jsonb, updated_at timestamptz NOT NULL)",
                "INSERT INTO events VALUES (1, 'infinity', '{\"a\": 1.50}', now() - interval '1 hour'),"
                        + " (2, '-infinity', NULL, now() - interval '1 hour'),"
                        + " (3, '2025-01-01', NULL, now() - interval '1 hour')");
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void keeps_the_text_and_counts_nothing_when_nothing_is_said() {
        TableReport report = fixture.sync(EVENTS);
        assertThat(fixture.lake.values("until")).containsExactly("infinity", "-infinity", "2025-01-01");
        assertThat(fixture.lake.values("doc").get(0)).isEqualTo("{\"a\": 1.50}");
        assertThat(report.findings()).isEmpty();
    }

    @Test
    void counts_the_values_of_each_column_that_it_changed() {
        TableReport report = fixture.sync(EVENTS.types(TypePolicy.DEFAULT.infiniteTimes(Odd.NULL)));
        assertThat(fixture.lake.rows().get(0).get("until").isNull()).isTrue();
        assertThat(SyncFixture.sentence(report, "VALUES_CHANGED"))
                .hasValueSatisfying(sentence -> assertThat(sentence).endsWith(": 2 of until"));
    }

    @Test
    void stops_the_table_and_names_the_column_when_it_is_to_fail() {
        TablePlan failing = EVENTS.types(TypePolicy.DEFAULT.infiniteTimes(Odd.FAIL));
        TableReport report =
                fixture.extractor(failing).build().syncOnce().tables().get(0);
        assertThat(report.error()).hasMessageContaining("until");
        assertThat(fixture.lake.rows()).isEmpty();
    }

    @Test
    void embeds_documents_when_asked() {
        fixture.sync(EVENTS.types(TypePolicy.DEFAULT.documents(Documents.EMBEDDED)));
        assertThat(fixture.lake.rows().get(0).get("doc").get("a").asText()).isEqualTo("1.5");
    }
}
