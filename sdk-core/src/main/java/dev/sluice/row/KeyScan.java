package dev.sluice.row;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Finds the key of a row that is known to be well formed, with next to no garbage: a merge asks every row for it.
 *
 * <p>What has escapes in it is left to {@link JsonScan#key}, which gives the same answers at its leisure.
 */
final class KeyScan {
    private final byte[] json;
    private final int start;
    private final int to;
    private final String field;
    private int at;

    private KeyScan(byte[] json, int start, int to, String field) {
        this.json = json;
        this.start = start;
        this.to = to;
        this.field = field;
        this.at = start + 1;
    }

    /** The key of the row that begins at {@code from}, perhaps behind a comma, and ends before {@code to}. */
    static Optional<String> key(byte[] json, int from, int to, String field) {
        int start = from;
        while (start < to && json[start] != '{') {
            start++;
        }
        if (start == to) {
            throw new IllegalArgumentException("no row in the bytes from " + from + " to " + to);
        }
        return new KeyScan(json, start, to, field).find();
    }

    private Optional<String> find() {
        byte[] wantedName = field.getBytes(StandardCharsets.UTF_8);
        while (toName()) {
            int name = at + 1;
            if (!skipText()) {
                return atLeisure();
            }
            boolean wanted = Arrays.equals(json, name, at - 1, wantedName, 0, wantedName.length);
            toValue();
            if (wanted) {
                return value();
            }
            skipValue();
        }
        return Optional.empty();
    }

    private Optional<String> value() {
        int from = at;
        return switch (json[from]) {
            case '"' -> skipText() ? Optional.of(text(from, at - 1)) : atLeisure();
            case 'n' -> Optional.empty();
            case '{', '[', 't', 'f' -> atLeisure();
            default -> {
                skipScalar();
                String number = text(from, at);
                yield Optional.of(isPlainInteger(from, at) ? number : JsonScan.number(number, field));
            }
        };
    }

    private Optional<String> atLeisure() {
        return JsonScan.key(json, start, to, field);
    }

    /** Whether it is written as it is compared: zeros at the end are not, nor are points and exponents. */
    private boolean isPlainInteger(int from, int end) {
        for (int i = from; i < end; i++) {
            boolean sign = i == from && json[i] == '-';
            if (!sign && (json[i] < '0' || json[i] > '9')) {
                return false;
            }
        }
        return json[end - 1] != '0';
    }

    private String text(int from, int end) {
        return new String(json, from, end - from, StandardCharsets.UTF_8);
    }

    /** Goes to the next name's quote; false at the end of the row. */
    private boolean toName() {
        while (json[at] != '"' && json[at] != '}') {
            at++;
        }
        return json[at] == '"';
    }

    private void toValue() {
        while (json[at] == ':' || json[at] <= ' ') {
            at++;
        }
    }

    private void skipValue() {
        int open = 0;
        do {
            switch (json[at]) {
                case '"' -> skipText();
                case '{', '[' -> {
                    open++;
                    at++;
                }
                case '}', ']' -> {
                    open--;
                    at++;
                }
                case ',', ':', ' ', '\n', '\r', '\t' -> at++;
                default -> skipScalar();
            }
        } while (open > 0);
    }

    /** Goes behind the text that begins here; whether it is free of escapes. */
    private boolean skipText() {
        boolean plain = true;
        for (at++; json[at] != '"'; at++) {
            if (json[at] == '\\') {
                plain = false;
                at++;
            }
        }
        at++;
        return plain;
    }

    /** Goes behind the number or word that begins here. */
    private void skipScalar() {
        while (json[at] > ' ' && json[at] != ',' && json[at] != '}' && json[at] != ']') {
            at++;
        }
    }
}
