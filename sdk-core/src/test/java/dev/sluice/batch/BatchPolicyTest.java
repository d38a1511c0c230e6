package dev.sluice.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchPolicyTest {
    @ParameterizedTest
    @CsvSource({"1,1", "50000,9934464"})
    void takes_what_the_api_takes(int rows, int bytes) {
        assertThat(new BatchPolicy(rows, bytes).maxRows()).isEqualTo(rows);
    }

    @ParameterizedTest
    @CsvSource({"0,1,maxRows", "-1,1,maxRows", "50001,1,maxRows", "1,0,maxBytes", "1,9934465,maxBytes"})
    void refuses_what_the_api_does_not_take(int rows, int bytes, String name) {
        assertThatThrownBy(() -> new BatchPolicy(rows, bytes)).hasMessageContaining("batch " + name + " must be 1 to ");
    }

    @Test
    void has_defaults_within_its_bounds() {
        assertThat(BatchPolicy.DEFAULT).isEqualTo(new BatchPolicy(5_000, 4_000_000));
    }
}
