package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Health;
import dev.sluice.Ledger;
import dev.sluice.jdbc.TableStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatusPagesTest {
    private static final String EVIL = "public.\"<b>&'\\\"";

    private static Snapshot snapshot(Health api, @Nullable String error, @Nullable Duration lag) {
        Instant time = Instant.parse("2026-01-02T03:04:05Z");
        TableStatus table =
                new TableStatus(EVIL, "bronze.a", TableStatus.State.WAITING, 1_234, 5, 6, lag, null, error, time, null);
        return new Snapshot(List.of(table), Map.of("bronze.a", new Ledger(10, 4, 1, 2, 0, 3)), 77, api);
    }

    @Test
    void escapes_names_when_it_writes_a_page() {
        String page = StatusPage.of(snapshot(Health.UP, "no <script> here", Duration.ofMillis(1_500)));

        assertThat(page)
                .contains("<td>public.&quot;&lt;b&gt;&amp;&#39;\\&quot;</td>", "<td>1,234</td>", "<td>1.5 s</td>")
                .contains("<td>no &lt;script&gt; here</td>")
                .doesNotContain("<script", "<b>");
    }

    @Test
    void escapes_labels_when_it_writes_metrics() {
        String metrics = MetricsText.of(snapshot(Health.BUSY, null, null));

        String labels = "{source=\"public.\\\"<b>&'\\\\\\\"\",table=\"bronze.a\"} ";
        assertThat(metrics)
                .contains("# TYPE sluice_rows_extracted_total counter\nsluice_rows_extracted_total" + labels + "1234\n")
                .contains("sluice_sync_lag_seconds" + labels + "NaN\n", "sluice_sync_errors_total" + labels + "6\n")
                .contains("sluice_rows_dead{table=\"bronze.a\"} 2\n", "sluice_rows_pending{table=\"bronze.a\"} 3\n")
                .contains("sluice_pending_bytes 77\n", "sluice_health{state=\"busy\"} 1\n")
                .contains("sluice_health{state=\"up\"} 0\n");
    }

    @Test
    void tells_state_and_lag_of_each_table_as_json() {
        assertThat(HealthJson.of(snapshot(Health.UP, "first\nrow value", Duration.ofMillis(1_500))))
                .isEqualTo("{\"status\":\"DOWN\",\"api\":\"UP\",\"tables\":[{\"source\":"
                        + "\"public.\\\"<b>&'\\\\\\\"\",\"destination\":\"bronze.a\",\"state\":\"WAITING\","
                        + "\"rows\":1234,\"errors\":6,\"lagSeconds\":1.5,\"error\":\"first\","
                        + "\"lastSuccess\":\"2026-01-02T03:04:05Z\",\"nextPass\":null}]}");
    }

    @Test
    void is_healthy_when_passes_go_well_and_the_api_takes_rows() {
        assertThat(snapshot(Health.UP, null, null).isHealthy()).isTrue();
        assertThat(snapshot(Health.BUSY, null, null).isHealthy()).isTrue();
        assertThat(snapshot(Health.AUTH, null, null).isHealthy()).isFalse();
        assertThat(snapshot(Health.DOWN, null, null).isHealthy()).isFalse();
        assertThat(snapshot(Health.UP, "failed", null).isHealthy()).isFalse();
    }
}
