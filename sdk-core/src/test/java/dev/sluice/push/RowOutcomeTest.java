package dev.sluice.push;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowOutcomeTest {
    @ParameterizedTest
    @ValueSource(strings = {"ok", "okay", "ok: created", "ok:", "ok\n"})
    void is_delivered_when_the_text_begins_with_ok(String text) {
        assertThat(RowOutcome.parse(text)).isEqualTo(RowOutcome.ok());
    }

    @Test
    void has_the_message_behind_the_colon() {
        assertThat(RowOutcome.parse("warn: slow")).isEqualTo(RowOutcome.warn("slow"));
        assertThat(RowOutcome.parse("warn:")).isEqualTo(RowOutcome.warn(""));
        assertThat(RowOutcome.parse("reject:bad: id ")).isEqualTo(RowOutcome.reject("bad: id "));
        assertThat(RowOutcome.parse("reject:  x")).isEqualTo(RowOutcome.reject(" x"));
        assertThat(RowOutcome.parse("error: HTTP 503")).isEqualTo(RowOutcome.error("HTTP 503"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "OK",
                "Ok",
                " ok",
                "o",
                "warn",
                "Warn: x",
                " warn: x",
                "warn : x",
                "reject",
                "REJECT: x",
                "rejected: x",
                "error",
                "True",
                "42",
                "null",
                "0k"
            })
    void is_an_error_with_the_text_as_its_message_when_the_text_is_anything_else(String text) {
        assertThat(RowOutcome.parse(text)).isEqualTo(RowOutcome.error(text));
    }

    @Test
    void takes_values_that_are_no_texts_by_how_they_print() {
        Map<String, Object> statuses = new LinkedHashMap<>();
        statuses.put("1:insert", 42);
        statuses.put("2:insert", true);
        statuses.put("3:insert", null);
        statuses.put("4:insert", new StringBuilder("ok"));
        assertThat(RowOutcome.parseAll(statuses))
                .containsExactly(
                        Map.entry("1:insert", RowOutcome.error("42")),
                        Map.entry("2:insert", RowOutcome.error("true")),
                        Map.entry("3:insert", RowOutcome.error("null")),
                        Map.entry("4:insert", RowOutcome.ok()));
    }
}
