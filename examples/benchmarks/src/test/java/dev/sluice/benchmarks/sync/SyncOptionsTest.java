package dev.sluice.benchmarks.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyncOptionsTest {
    private static final Path EXAMPLE = Path.of("/examples/benchmarks");

    @Test
    void runs_all_parts_on_a_million_rows_unless_told_otherwise() {
        SyncOptions options = SyncOptions.parse(EXAMPLE);

        assertThat(options.rows()).isEqualTo(1_000_000);
        assertThat(options.manyRows()).isEqualTo(10_000_000);
        assertThat(SyncOptions.Part.values()).allMatch(options::runs);
        assertThat(options.results()).isEqualTo(Path.of("/examples/benchmarks/results"));
        assertThat(options.syncProgram()).isEqualTo(Path.of("/examples/incremental-sync/target"));
    }

    @Test
    void takes_every_option() {
        String args =
                "--rows 2000 --many-rows 3000 --rounds 2 --only start --only mysql --results out --sync-program p";

        assertThat(SyncOptions.parse(EXAMPLE, (args + " --jvm -Xmx1g").split(" ")))
                .isEqualTo(new SyncOptions(
                        2_000,
                        3_000,
                        2,
                        Set.of(SyncOptions.Part.START, SyncOptions.Part.MYSQL),
                        List.of("-Xmx1g"),
                        Path.of("out"),
                        Path.of("p")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--rows 0", "--rows 1500", "--rounds x", "--only oracle", "--rows", "--else 1"})
    void refuses_what_it_does_not_know(String args) {
        assertThatThrownBy(() -> SyncOptions.parse(EXAMPLE, args.split(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--");
    }
}
