package dev.sluice.jdbc.dialect;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sluice.jdbc.testing.EmbeddedDatabase;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

final class H2TypesTest extends GenericTypesContract {
    @Override
    EmbeddedDatabase open() {
        return EmbeddedDatabase.h2();
    }

    @Override
    Stream<Arguments> values() {
        return Stream.of(
                arguments("boolean", "true", "true"),
                arguments("tinyint", "-128", "-128"),
                arguments("smallint", "-32768", "-32768"),
                arguments("int", "2147483647", "2147483647"),
                arguments("bigint", "9223372036854775807", "9223372036854775807"),
                arguments("decimal(20,10)", "0.00000001", "\"0.0000000100\""),
                arguments(
                        "numeric(60,2)",
                        "1234567890123456789012345678901234567890.50",
                        "\"1234567890123456789012345678901234567890.50\""),
                arguments("decfloat", "1.1", "\"1.1\""),
                arguments("decfloat", "'NaN'", "\"NaN\""),
                arguments("real", "0.1", "0.1"),
                arguments("double precision", "1.7976931348623157e308", "1.7976931348623157E308"),
                arguments("double precision", "'NaN'", "\"NaN\""),
                arguments("real", "'-Infinity'", "\"-Infinity\""),
                arguments("char(5)", "'x'", "\"x    \""),
                arguments("varchar(9)", "'a\"é😀 '", "\"a\\\"é😀 \""),
                arguments("varchar", "repeat('é', 500)", "\"" + "é".repeat(500) + "\""),
                arguments("varchar_ignorecase(9)", "'Ab'", "\"Ab\""),
                arguments("clob", "'c'", "\"c\""),
                arguments("binary(3)", "x'00ff10'", "\"AP8Q\""),
                arguments("varbinary(3)", "x'00ff'", "\"AP8=\""),
                arguments("blob", "x'00ff'", "\"AP8=\""),
                arguments("date", "'2025-02-14'", "\"2025-02-14\""),
                arguments("date", "'-0043-03-15'", "\"-0043-03-15\""),
                arguments("date", "'1500-03-01'", "\"1500-03-01\""),
                arguments("time(6)", "'23:59:59.123456'", "\"23:59:59.123456\""),
                arguments("time with time zone", "'12:00:00+02'", "\"12:00:00+02\""),
                arguments("timestamp", "'2025-03-09 02:30:00.123456'", "\"2025-03-09T02:30:00.123456\""),
                arguments("timestamp(0)", "'2025-03-09 02:30:00'", "\"2025-03-09T02:30:00\""),
                arguments("timestamp(9)", "'2025-03-09 02:30:00.123456789'", "\"2025-03-09T02:30:00.123456789\""),
                arguments("timestamp", "'-0043-03-15 00:00:01'", "\"-0043-03-15T00:00:01\""),
                arguments("timestamp", "'12025-03-09 02:30:00'", "\"+12025-03-09T02:30:00\""),
                arguments(
                        "timestamp with time zone",
                        "'2025-11-02 01:30:00.123456-05:30'",
                        "\"2025-11-02T07:00:00.123456Z\""),
                arguments(
                        "timestamp(9) with time zone",
                        "'2025-11-02 01:30:00.123456789+00'",
                        "\"2025-11-02T01:30:00.123456789Z\""),
                arguments(
                        "interval day to second",
                        "interval '1 2:03:04' day to second",
                        "\"INTERVAL '1 02:03:04' DAY TO SECOND\""),
                arguments("uuid", "'9E0A1111-0000-4000-8000-000000000000'", "\"9e0a1111-0000-4000-8000-000000000000\""),
                arguments("json", "json '{\"a\": 1.50}'", "\"{\\\"a\\\":1.50}\""),
                arguments("int array", "array[1, null, 3]", "[1,null,3]"),
                arguments("decimal(9,2) array", "array[1.5]", "[\"1.50\"]"),
                arguments("varchar(9) array array", "array[array['a'], array['b', null]]", "[[\"a\"],[\"b\",null]]"),
                arguments("varbinary(9) array", "array[x'00ff']", "[\"AP8=\"]"),
                arguments("timestamp array", "array[timestamp '2025-03-09 02:30:00']", "\"[2025-03-09 02:30:00]\""),
                arguments("enum('b', 'a')", "'a'", "\"a\""),
                arguments("geometry", "'POINT(1 2)'", "\"POINT (1 2)\""),
                arguments("row(a int, b varchar)", "row(1, 'x')", "\"ROW (1, x)\""));
    }
}
