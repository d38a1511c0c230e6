package dev.sluice.jdbc.dialect;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sluice.jdbc.testing.EmbeddedDatabase;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.Arguments;

final class DuckDbTypesTest extends GenericTypesContract {
    @TempDir
    static Path directory;

    @Override
    EmbeddedDatabase open() {
        return EmbeddedDatabase.duckDb(directory);
    }

    @Override
    Stream<Arguments> values() {
        return Stream.of(
                arguments("boolean", "true", "true"),
                arguments("tinyint", "-128", "-128"),
                arguments("utinyint", "255", "255"),
                arguments("uinteger", "4294967295", "4294967295"),
                arguments("bigint", "-9223372036854775808", "-9223372036854775808"),
                arguments("ubigint", "18446744073709551615", "18446744073709551615"),
                arguments(
                        "hugeint",
                        "-170141183460469231731687303715884105728",
                        "-170141183460469231731687303715884105728"),
                arguments(
                        "uhugeint",
                        "340282366920938463463374607431768211455",
                        "340282366920938463463374607431768211455"),
                arguments("bignum", "'123456789012345678901234567890'", "123456789012345678901234567890"),
                arguments("decimal(20,10)", "0.00000001", "\"0.0000000100\""),
                arguments(
                        "decimal(38,0)",
                        "'99999999999999999999999999999999999999'",
                        "\"99999999999999999999999999999999999999\""),
                arguments("real", "0.1", "0.1"),
                arguments("double", "1.7976931348623157e308", "1.7976931348623157E308"),
                arguments("double", "'NaN'", "\"NaN\""),
                arguments("real", "'-Infinity'", "\"-Infinity\""),
                arguments("varchar", "'a\"é😀 '", "\"a\\\"é😀 \""),
                arguments("blob", "'\\x00\\xFF'", "\"AP8=\""),
                arguments("date", "'2025-02-14'", "\"2025-02-14\""),
                arguments("date", "'-0043-03-15'", "\"-0043-03-15\""),
                arguments("date", "'-infinity'", "\"-infinity\""),
                arguments("time", "'24:00:00'", "\"24:00:00\""),
                arguments("time", "'23:59:59.123456'", "\"23:59:59.123456\""),
                arguments("time with time zone", "'12:00:00+02'", "\"12:00:00+02\""),
                arguments("timestamp", "'2025-03-09 02:30:00.123456'", "\"2025-03-09T02:30:00.123456\""),
                arguments("timestamp", "'-0043-03-15 00:00:01'", "\"-0043-03-15T00:00:01\""),
                arguments("timestamp", "'infinity'", "\"infinity\""),
                arguments("timestamp_s", "'2025-03-09 02:30:00'", "\"2025-03-09T02:30:00\""),
                arguments("timestamp_ms", "'2025-03-09 02:30:00.123'", "\"2025-03-09T02:30:00.123\""),
                arguments("timestamp_ns", "'2025-03-09 02:30:00.123456789'", "\"2025-03-09T02:30:00.123456789\""),
                arguments(
                        "timestamp with time zone",
                        "'2025-11-02 01:30:00.123456-05:30'",
                        "\"2025-11-02T07:00:00.123456Z\""),
                arguments("timestamp with time zone", "'1500-11-02 01:30:00+00'", "\"1500-11-02T01:30:00Z\""),
                arguments("interval", "interval '1' day", "\"1 day\""),
                arguments("uuid", "'9E0A1111-0000-4000-8000-000000000000'", "\"9e0a1111-0000-4000-8000-000000000000\""),
                arguments("json", "'{\"a\": 1.50}'", "\"{\\\"a\\\": 1.50}\""),
                arguments("bit", "'0101'", "\"0101\""),
                arguments("int[]", "[1, null, 3]", "[1,null,3]"),
                arguments(
                        "hugeint[]",
                        "[170141183460469231731687303715884105727]",
                        "[170141183460469231731687303715884105727]"),
                arguments("decimal(9,2)[3]", "[1.5, 2, null]", "[\"1.50\",\"2.00\",null]"),
                arguments("varchar[][]", "[['a'], ['b', null], null]", "[[\"a\"],[\"b\",null],null]"),
                arguments("blob[]", "['\\x00\\xFF'::blob]", "[\"AP8=\"]"),
                arguments("double[]", "['NaN'::double, 0.5]", "[\"NaN\",0.5]"),
                arguments("timestamp[]", "['2025-03-09 02:30:00'::timestamp]", "\"['2025-03-09 02:30:00']\""),
                arguments("enum('b', 'a')", "'a'", "\"a\""),
                arguments("struct(a int, b varchar)", "{'a': 1, 'b': 'x'}", "\"{'a': 1, 'b': x}\""),
                arguments("map(varchar, int)", "map {'a': 1}", "\"{a=1}\""));
    }
}
