package dev.sluice.jdbc.checkpoint;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StateTablesTest {
    private static final DataSource NOWHERE = TestSource.of(() -> {
        throw new SQLException("nobody listens", "08001");
    });

    @ParameterizedTest
    @ValueSource(strings = {"", "state; DROP TABLE x", "\"state\"", "a.b.c.d", "a..b", "état", "1a", "a b"})
    void refuses_names_that_are_no_plain_identifiers(String name) {
        assertThatThrownBy(() -> CheckpointStore.table(NOWHERE, name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("plain identifiers");
    }

    @Test
    void refuses_a_name_that_the_database_would_cut_off() {
        assertThatThrownBy(() -> CheckpointStore.table(NOWHERE, "a".repeat(59)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("58");
    }

    @Test
    void says_what_failed_when_the_database_is_away() {
        CheckpointStore store = CheckpointStore.table(NOWHERE, "ops.sluice_state");
        assertThatThrownBy(() -> store.lock(Duration.ZERO))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("taking the lease in table ops.sluice_state failed: nobody listens (SQLSTATE 08001);"
                        + " nothing that was saved before is lost");
    }
}
