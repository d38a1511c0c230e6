package dev.sluice.row;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes maps, collections and plain values field by field, keeping the limits of a row. */
final class ValueEncoder {
    private final JsonWriter out;

    ValueEncoder(JsonWriter out) {
        this.out = out;
    }

    /** Writes the row, checking each field's size. */
    void row(Map<?, ?> row) {
        object(row, 1);
    }

    private void object(Map<?, ?> map, int depth) {
        out.beginObject();
        for (Map.Entry<?, ?> field : map.entrySet()) {
            String name = name(field.getKey());
            try {
                out.name(name);
                int start = out.size();
                value(field.getValue(), depth);
                if (depth == 1) {
                    checkFieldSize(out.size() - start);
                }
            } catch (InvalidRowException | UnwritableException e) {
                throw within(name, e);
            }
        }
        out.endObject();
    }

    private void array(Iterable<?> items, int depth) {
        out.beginArray();
        int index = 0;
        for (Object item : items) {
            try {
                value(item, depth);
            } catch (InvalidRowException | UnwritableException e) {
                throw within("[" + index + "]", e);
            }
            index++;
        }
        out.endArray();
    }

    /** The depth is that of the object or array which holds the value. */
    private void value(@Nullable Object value, int depth) {
        if (value == null) {
            out.nullValue();
        } else if (value instanceof CharSequence text) {
            out.string(text.toString());
        } else if (value instanceof Number number) {
            number(number, depth);
        } else if (value instanceof Boolean bool) {
            out.bool(bool);
        } else if (value instanceof Map<?, ?> map) {
            object(map, deeper(depth));
        } else if (value instanceof Row row) {
            embed(row.toBytes(), depth);
        } else if (value instanceof Optional<?> optional) {
            value(optional.orElse(null), depth);
        } else if (value instanceof Object[] items) {
            array(Arrays.asList(items), deeper(depth));
        } else if (value instanceof Collection<?> items) {
            array(items, deeper(depth));
        } else {
            scalar(value, depth);
        }
    }

    private void scalar(Object value, int depth) {
        if (value instanceof Instant instant) {
            Times.write(instant, out);
        } else if (value instanceof byte[] bytes) {
            out.base64(bytes);
        } else if (value instanceof UUID || value instanceof Character) {
            out.string(value.toString());
        } else if (value instanceof Date date) {
            out.string(Times.text(date));
        } else {
            Optional<String> time = Times.text(value);
            if (time.isPresent()) {
                out.string(time.get());
            } else {
                PojoEncoder.value(value, out, depth);
            }
        }
    }

    private void number(Number value, int depth) {
        if (value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) {
            out.number(value.longValue());
        } else if (value instanceof Double) {
            out.number(value.doubleValue());
        } else if (value instanceof Float) {
            out.number(value.floatValue());
        } else if (value instanceof BigDecimal decimal) {
            out.number(decimal);
        } else if (value instanceof BigInteger integer) {
            out.number(integer);
        } else {
            PojoEncoder.value(value, out, depth);
        }
    }

    /** Adds JSON that was made elsewhere, which counts its own levels from below {@code depth}. */
    private void embed(byte[] json, int depth) {
        JsonScan.checkValue(json, depth);
        out.raw(json);
    }

    private static int deeper(int depth) {
        if (depth == Row.MAX_DEPTH) {
            throw InvalidRowException.at("", Limits.tooDeep());
        }
        return depth + 1;
    }

    private static void checkFieldSize(int bytes) {
        if (bytes > Row.MAX_FIELD_BYTES) {
            throw InvalidRowException.at("", Limits.fieldTooLong(bytes));
        }
    }

    private static String name(@Nullable Object key) {
        if (key instanceof String name) {
            return name;
        }
        throw InvalidRowException.at("", Limits.noName(key));
    }

    private static InvalidRowException within(String name, RuntimeException e) {
        return e instanceof InvalidRowException problem
                ? problem.within(name)
                : InvalidRowException.at(name, String.valueOf(e.getMessage()));
    }
}
