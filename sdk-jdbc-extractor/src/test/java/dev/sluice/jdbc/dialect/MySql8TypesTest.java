package dev.sluice.jdbc.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.jdbc.testing.MySql8;
import dev.sluice.jdbc.testing.MySqlServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MySql8TypesTest extends MySqlTypesContract {
    @Override
    MySqlServer server() {
        return MySql8.shared();
    }

    @ParameterizedTest
    @CsvSource({"TEXT, \"{\\\"a\\\": 1.5}\"", "EMBEDDED, {\"a\": 1.5}"})
    void carries_documents_as_the_policy_says(TypePolicy.Documents form, String json) throws Exception {
        create("json", "'{\"a\":1.5}'");
        assertThat(read(TypePolicy.DEFAULT.documents(form), "")).isEqualTo(json);
    }
}
