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
                "|name a command: demo, check, sync, watch, replay, view, state or dead-letters; incremental-sync --help tells what"
                        + " there is",
                "syncc|Unmatched argument at index 0: 'syncc' (did you mean sync?); incremental-sync --help tells what"
                        + " there is",
                "sync --tabel|Unknown option: '--tabel' (did you mean --table?); incremental-sync sync --help tells"
                        + " what there is",
                "view|Missing required parameter: 'TABLE'; incremental-sync view --help tells what there is",
                "state|name a command: state show, rewind or reset; incremental-sync state --help tells what there is",
                "dead-letters|name a command: dead-letters list, show, replay, export or remove; incremental-sync dead-letters"
                        + " --help tells what there is",
                "state rewind public.a|Missing required parameter: 'CURSOR'; incremental-sync state rewind --help tells"
                        + " what there is",
                "sync --wait soon|Invalid value for option '--wait': must be a time such as 500ms, 30s, 2m or 1h,"
                        + " found \"soon\"; incremental-sync sync --help tells what there is",
                "watch --http|Missing required parameter for option '--http' (HOST:PORT); incremental-sync watch --help"
                        + " tells what there is",
                "dead-letters show|Missing required parameter: 'NAME'; incremental-sync dead-letters show --help tells"
                        + " what there is",
                "dead-letters list --reason LOST|Invalid value for option '--reason' (REASON): expected one of"
                        + " [REJECTED, INVALID, TOO_LARGE, PARTIAL, UNDELIVERED, UNKNOWN] (case-sensitive) but was"
                        + " 'LOST'; incremental-sync dead-letters list --help tells what there is"
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
                "check --help",
                "sync --help",
                "watch --help",
                "view --help",
                "state --help",
                "state show --help",
                "state reset --help",
                "state rewind --help",
                "replay --help",
                "dead-letters --help",
                "dead-letters list --help",
                "dead-letters show --help",
                "dead-letters replay --help",
                "dead-letters export --help"
            })
    void prints_help_to_stdout_when_asked(String line) {
        Cli.Ran ran = Cli.run(line.split(" "));

        assertThat(ran.out()).startsWith("Usage: incremental-sync").contains("Exit status:");
        assertThat(ran.err()).isEmpty();
        assertThat(ran.status()).isZero();
    }

    @Test
    void names_all_commands_when_help_is_asked() {
        assertThat(Cli.run("--help").out())
                .contains("demo ", "check ", "sync ", "watch ", "replay ", "view ", "state ", "dead-letters ");
    }
}
