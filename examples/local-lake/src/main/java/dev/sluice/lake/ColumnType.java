package dev.sluice.lake;

import java.math.BigInteger;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import org.duckdb.DuckDBAppender;

/** The DuckDB types this server gives to columns; each constant is named as DuckDB names it. */
enum ColumnType {
    BOOLEAN,
    BIGINT,
    HUGEINT,
    DOUBLE,
    JSON,
    VARCHAR;

    static Optional<ColumnType> named(String duckDbName) {
        return Arrays.stream(values())
                .filter(type -> type.name().equals(duckDbName))
                .findFirst();
    }

    /** The type that a value of a row has by itself. */
    static ColumnType of(Object value) {
        if (value instanceof Boolean) {
            return BOOLEAN;
        } else if (value instanceof Long) {
            return BIGINT;
        } else if (value instanceof BigInteger) {
            return HUGEINT;
        } else if (value instanceof Values.Fraction) {
            return DOUBLE;
        } else {
            return value instanceof Values.JsonText ? JSON : VARCHAR;
        }
    }

    boolean isInteger() {
        return this == BIGINT || this == HUGEINT;
    }

    /** What a column of this type stores for a value; {@link Widening} has seen to it that the value fits. */
    Object stored(Object value) {
        return switch (this) {
            case BOOLEAN, BIGINT -> value;
            case HUGEINT -> value instanceof Long small ? BigInteger.valueOf(small) : value;
            case DOUBLE -> value instanceof Values.Fraction fraction ? fraction.value() : ((Long) value).doubleValue();
            case JSON, VARCHAR -> Values.text(value);
        };
    }

    void append(DuckDBAppender appender, Object value) throws SQLException {
        appendStored(appender, stored(value));
    }

    void appendStored(DuckDBAppender appender, Object stored) throws SQLException {
        switch (this) {
            case BOOLEAN -> appender.append((Boolean) stored);
            case BIGINT -> appender.append((Long) stored);
            case HUGEINT -> appender.append((BigInteger) stored);
            case DOUBLE -> appender.append((Double) stored);
            case JSON, VARCHAR -> appender.append((String) stored);
        }
    }
}
