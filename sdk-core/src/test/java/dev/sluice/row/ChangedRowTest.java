package dev.sluice.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChangedRowTest {
    private static ChangedRow row(String json) {
        return new ChangedRow(17, ChangeType.UPDATE_POSTIMAGE, Row.json(json));
    }

    @Test
    void has_row_id_and_change_type_as_its_key() {
        assertThat(row("{}").key()).isEqualTo("17:update_postimage");
        assertThat(new ChangedRow(-1, ChangeType.INSERT, Row.json("{}")).key()).isEqualTo("-1:insert");
        assertThat(new ChangedRow(0, ChangeType.UPDATE_PREIMAGE, Row.json("{}")).key())
                .isEqualTo("0:update_preimage");
        assertThat(new ChangedRow(1, ChangeType.DELETE, Row.json("{}")).key()).isEqualTo("1:delete");
    }

    @Test
    void gives_every_field_with_every_digit() {
        String digits = "9".repeat(1_200);
        Map<String, Object> fields = row("{\"z\":1.50,\"a\":9007199254740993,\"n\":null,\"big\":" + digits
                        + ",\"list\":[1,{\"x\":true}]}")
                .fields();
        assertThat(fields)
                .containsExactly(
                        entry("z", new BigDecimal("1.50")),
                        entry("a", 9007199254740993L),
                        entry("n", null),
                        entry("big", new BigInteger(digits)),
                        entry("list", List.of(1, Map.of("x", true))));
    }

    @Test
    void leaves_internal_fields_out_of_the_payload_and_nowhere_else() {
        ChangedRow row = row("{\"id\":1,\"_hash\":\"x\",\"__op\":2,\"na_me\":3}");
        assertThat(row.payload()).containsExactly(entry("id", 1), entry("na_me", 3));
        assertThat(row.fields()).containsKeys("_hash", "__op");
    }

    @Test
    void shows_no_value_when_it_is_printed() {
        assertThat(row("{\"secret\":\"hunter2\"}")).hasToString("ChangedRow(17:update_postimage)");
    }

    @Test
    void reads_the_names_of_change_types_to_the_letter() {
        for (ChangeType type : ChangeType.values()) {
            assertThat(ChangeType.of(type.text())).isEqualTo(type);
        }
        for (String other : new String[] {"INSERT", "update", "", " insert", "upsert"}) {
            assertThatThrownBy(() -> ChangeType.of(other)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
