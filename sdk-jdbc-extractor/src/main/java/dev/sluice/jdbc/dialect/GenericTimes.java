package dev.sluice.jdbc.dialect;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The time of a database of any kind, and its dates and times as it writes them itself.
 *
 * <p>Drivers take times through the calendar and zone of the machine, and lose those that these do not have; so they
 * leave the database as text, which has to be that of ISO 8601, or nearly so.
 */
final class GenericTimes {
    /** A date, with what marks it as one before year 1; a time of day; an offset. */
    private static final Pattern TIME = Pattern.compile(
            "([+-]?\\d{4,})-(\\d\\d)-(\\d\\d)( \\(BC\\))?(?:[ T](\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,9})?))?( \\(BC\\))?"
                    + "(?: ?(Z|[+-]\\d\\d(?::\\d\\d){0,2}))?");

    private static final String WHY_BLIND =
            "transactions cannot be seen in a database of this kind, and a row that one of them commits late would be"
                    + " missed: set a horizon lag (horizonLag, horizon.lag in a file) that is longer than any"
                    + " transaction lasts";

    private GenericTimes() {}

    /** By standard SQL the present time has a zone, so that the session's does not matter. */
    static Activity activity(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT CURRENT_TIMESTAMP")) {
            if (row.getMetaData().getColumnType(1) != Types.TIMESTAMP_WITH_TIMEZONE) {
                throw new SourceException("the database does not say in which zone its clock is: its CURRENT_TIMESTAMP"
                        + " is a " + row.getMetaData().getColumnTypeName(1) + ", not a TIMESTAMP WITH TIME ZONE, so"
                        + " that no horizon can be taken; it needs a dialect of its own, set with dialect(..)");
            }
            row.next();
            Instant now = Objects.requireNonNull(row.getObject(1, OffsetDateTime.class))
                    .toInstant();
            return new Activity(now, now, WHY_BLIND, Map.of());
        }
    }

    static String bound(Connection connection, Column column, @Nullable ZoneId zone, Instant time) throws SQLException {
        String bound = bound(column, zone, time);
        String told = Sql.one(
                connection, "SELECT " + GenericTypes.text(GenericTypes.cast("'" + bound + "'", column), column));
        if (!iso(told, column).equals(iso(bound, column))) {
            throw new SourceException("the database does not take a time of the watermark " + column.name() + " ("
                    + column.type() + ") for what it is: it needs a dialect of its own, set with dialect(..)");
        }
        return told;
    }

    /** A column of coarser resolution holds times rounded to it: the bound must not lie within such a step. */
    static String bound(Column column, @Nullable ZoneId zone, Instant time) {
        if (column.kind().equals("timestamptz")) {
            return LocalTimes.text(LocalDateTime.ofInstant(time, ZoneOffset.UTC), column.modifier()) + "+00:00";
        }
        if (zone == null) {
            throw new SourceException("the watermark " + column.name() + " (" + column.type()
                    + ") has no time zone: set watermarkZone to the zone its times are in, for with a wrong one late"
                    + " rows are missed");
        }
        LocalDateTime local = LocalTimes.earliest(zone, time);
        return column.kind().equals("date")
                ? local.toLocalDate().toString()
                : LocalTimes.text(local, column.modifier());
    }

    /** Writes what {@link GenericTypes#value} selects of a date or timestamp. */
    static ValueWriter writer(Column column, TypePolicy policy, Losses losses) {
        InfiniteTimes infinite = new InfiniteTimes(column, policy.infiniteTimes(), losses);
        return (text, out) -> {
            if (text.endsWith("infinity")) {
                infinite.write(text, out);
            } else {
                out.string(iso(text, column));
            }
        };
    }

    /** In UTC if the type has a zone. */
    private static String iso(String text, Column column) {
        Matcher parts = TIME.matcher(text);
        if (!parts.matches() || column.kind().equals("timestamptz") != (parts.group(7) != null)) {
            throw new SourceException("the column " + column.name() + " (" + column.type()
                    + ") is written by the database in a form that is not that of ISO 8601: exclude it, or read the"
                    + " table by a query that makes a text of it");
        }
        boolean isBefore = parts.group(4) != null || parts.group(6) != null;
        int year = Integer.parseInt(parts.group(1));
        LocalDate date = LocalDate.of(
                isBefore ? 1 - year : year, Integer.parseInt(parts.group(2)), Integer.parseInt(parts.group(3)));
        if (column.kind().equals("date")) {
            return date.toString();
        }
        LocalDateTime local =
                date.atTime(parts.group(5) == null ? LocalTime.MIDNIGHT : LocalTime.parse(parts.group(5)));
        if (column.kind().equals("timestamp")) {
            return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(local);
        }
        ZoneOffset offset = ZoneOffset.of(parts.group(7));
        return DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(local.minusSeconds(offset.getTotalSeconds())) + "Z";
    }
}
