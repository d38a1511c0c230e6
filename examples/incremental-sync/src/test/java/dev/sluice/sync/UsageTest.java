package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "|name a command: demo, sync, view or state; incremental-sync --help tells what there is",
                "syncc|Unmatched argument at index 0: 'syncc' (did you mean sync?); incremental-sync --help tells what"
                        + " there is",
                "sync --tabel|Unknown option: '--tabel' (did you mean --table?); incremental-sync sync --help tells"
                        + " what there is",
                "view|Missing required parameter: 'TABLE'; incremental-sync view --help tells what there is",
                "state|name a command: state show or state reset; incremental-sync state --help tells what there is"
            })
    void ends_with_2_and_one_line_when_the_usage_is_wrong(String line, String message) {
        Cli.Ran ran = Cli.run(line == null ? new String[0] : line.split(" "));

        assertThat(ran.err()).isEqualTo(message + "\n");
        assertThat(ran.out()).isEmpty();
        assertThat(ran.status()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "demo --help",
                "sync --help",
                "view --help",
                "state --help",
                "state show --help",
                "state reset --help"
            })
    void prints_help_to_stdout_when_asked(String line) {
        Cli.Ran ran = Cli.run(line.split(" "));

        assertThat(ran.out()).startsWith("Usage: incremental-sync").contains("Exit status:");
        assertThat(ran.err()).isEmpty();
        assertThat(ran.status()).isZero();
    }

    @Test
    void names_all_commands_when_help_is_asked() {
        assertThat(Cli.run("--help").out()).contains("demo ", "sync ", "view ", "state ");
    }
}
