package dev.sluice.jdbc.source;

import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Query;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Asks about the times in a watermark column, by what becomes of known moments in the column's type. */
public final class TimeProbe {
    /** In no zone is this minute another day at its end than at its beginning. */
    private static final Instant MINUTE = Instant.parse("2024-06-15T12:00:00Z");

    /** The text of a date and time up to its seconds. */
    private static final int SECONDS_LENGTH = "2024-06-15 12:00:00".length();

    /** How fine a column's times are. */
    public enum Resolution {
        DAY,
        SECOND,
        FINER
    }

    private final TableProbe table;
    private final Column column;

    TimeProbe(TableProbe table, Column column) {
        this.table = table;
        this.column = column;
    }

    /** How fine they are. */
    public Resolution resolution() {
        if (isSame(MINUTE.plusSeconds(10), MINUTE.plusSeconds(40))) {
            return Resolution.DAY;
        }
        return isSame(MINUTE.plusSeconds(10), MINUTE.plusMillis(10_500)) ? Resolution.SECOND : Resolution.FINER;
    }

    /** Whether they are without a zone, so that the same moment is another text in each. */
    public boolean isNaive() {
        return !bound(ZoneOffset.UTC, MINUTE).equals(bound(ZoneOffset.ofHours(14), MINUTE));
    }

    /**
     * A moment in the column's type, rounded down.
     *
     * @throws dev.sluice.jdbc.dialect.SourceException if the zone is neither known nor to be guessed
     */
    public String bound(Instant time) {
        ZoneId zone = table.plan().watermarkZone().orElse(null);
        return table.ask("telling the time of", connection -> table.dialect().bound(connection, column, zone, time));
    }

    /** Counts the rows above a bound, up to {@link TableProbe#COUNT_LIMIT}. */
    public int countAbove(String bound) {
        return table.count(new Query.Builder()
                .sql(table.counting(table.ref(column) + " > "))
                .value(bound, column, table.dialect())
                .sql(table.ending())
                .build());
    }

    /** Whether one text of the column's type is above another. */
    public boolean isAbove(String one, String other) {
        Query query = new Query.Builder()
                .sql("SELECT CASE WHEN ")
                .value(one, column, table.dialect())
                .sql(" > ")
                .value(other, column, table.dialect())
                .sql(" THEN 1 ELSE 0 END")
                .build();
        return table.count(query) == 1;
    }

    /**
     * How far the newest time up to a bound lies behind another one; negative if it lies beyond it. Empty if there is no
     * such time, or none that is both a date and a time of day.
     */
    public Optional<Duration> lag(String now, String bound) {
        String newest = table.dialect().text("max(" + table.ref(column) + ")", column);
        Query query = new Query.Builder()
                .sql("SELECT " + newest + table.from() + " WHERE " + table.ref(column) + " <= ")
                .value(bound, column, table.dialect())
                .build();
        return table.ask("looking for the newest row of", connection -> table.one(connection, query))
                .flatMap(TimeProbe::parse)
                .flatMap(last -> parse(now).map(present -> Duration.between(last, present)));
    }

    private static Optional<LocalDateTime> parse(String text) {
        if (text.length() < SECONDS_LENGTH) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    LocalDateTime.parse(text.substring(0, SECONDS_LENGTH).replace(' ', 'T')));
        } catch (DateTimeParseException e) {
            // Of a year with more than four digits, for which no zone is in doubt.
            return Optional.empty();
        }
    }

    private boolean isSame(Instant one, Instant other) {
        return bound(ZoneOffset.UTC, one).equals(bound(ZoneOffset.UTC, other));
    }

    private String bound(ZoneId zone, Instant time) {
        return table.ask("telling the time of", connection -> table.dialect().bound(connection, column, zone, time));
    }
}
