package dev.sluice.jdbc.dialect;

import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sluice.jdbc.testing.MariaDb;
import dev.sluice.jdbc.testing.MySqlServer;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

final class MariaDbTypesTest extends MySqlTypesContract {
    @Override
    MySqlServer server() {
        return MariaDb.shared();
    }

    @Override
    Stream<Arguments> values() {
        return Stream.concat(
                super.values(),
                Stream.of(
                        arguments("json", "'{\"a\":1.10}'", "\"{\\\"a\\\":1.10}\""),
                        arguments(
                                "uuid",
                                "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'",
                                "\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\""),
                        arguments("inet4", "'10.0.0.1'", "\"10.0.0.1\""),
                        arguments("inet6", "'::ffff:10.0.0.1'", "\"::ffff:10.0.0.1\"")));
    }
}
