package dev.sluice.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariablesTest {
    private final Variables variables =
            new Variables(Map.of("NAME", "value", "EMPTY", "", "ODD", "a: \"b\" # ${NAME} $$ }"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "plain|plain",
                "${NAME}|value",
                "a-${NAME}-b${NAME}|a-value-bvalue",
                "${NONE:-default}|default",
                "${NONE:-}x|x",
                "${EMPTY:-default}|default",
                "x${EMPTY}|x",
                "${NONE:-http://host:80/a}|http://host:80/a",
                "$${NAME}|${NAME}",
                "pa$$word$|pa$word$",
                "pa$word|pa$word"
            })
    void puts_values_in_when_a_text_names_variables(String text, String expected) {
        assertThat(variables.resolve(text, "here")).isEqualTo(expected);
    }

    @Test
    void takes_a_value_as_it_is_when_it_looks_like_yaml_or_a_variable() {
        assertThat(variables.resolve("${ODD}", "here")).isEqualTo("a: \"b\" # ${NAME} $$ }");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${NONE}|sync.yaml: line 3: source.password needs the environment variable NONE, which is not set:"
                        + " export it, or write ${NONE:-default}",
                "${NAME|sync.yaml: line 3: source.password has ${ without its }; write $$ where a dollar sign itself"
                        + " is meant",
                "${}|sync.yaml: line 3: source.password has ${...} without the name of a variable: write ${NAME} or"
                        + " ${NAME:-default}, where the default has no braces, and $$ for a dollar sign",
                "${NONE:-${NAME}}|sync.yaml: line 3: source.password has a variable within the default of another,"
                        + " which is not supported"
            })
    void says_where_and_what_when_a_variable_cannot_be_put_in(String text, String message) {
        assertThatThrownBy(() -> variables.resolve(text, "sync.yaml: line 3: source.password"))
                .isInstanceOf(CliException.class)
                .hasMessage(message);
    }
}
