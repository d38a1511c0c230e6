package dev.sluice.sync;

import dev.sluice.jdbc.checkpoint.Cursor;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Numbers and times as people read them, the same on every machine. */
final class Words {
    private Words() {}

    /** {@code 1,234}. */
    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** {@code 1 row}, {@code 1,234 rows}. */
    static String count(long value, String noun) {
        return number(value) + " " + noun + (value == 1 ? "" : "s");
    }

    /** A watermark with the key behind it, or a watermark or key alone. */
    static String place(@Nullable Cursor cursor) {
        if (cursor == null) {
            return "beginning";
        }
        String key = String.join(", ", cursor.key());
        return cursor.watermark() == null ? key : cursor.watermark() + (key.isEmpty() ? "" : " / " + key);
    }

    /** {@code 0.4 s}. */
    static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1_000.0);
    }

    /** The whole message in one line, for the library's own, which quote no values. */
    static String oneLine(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    /** The first line, for the ones below it may quote values. */
    static String firstLine(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank()
                ? e.getClass().getSimpleName()
                : message.strip().lines().findFirst().orElse("");
    }
}
