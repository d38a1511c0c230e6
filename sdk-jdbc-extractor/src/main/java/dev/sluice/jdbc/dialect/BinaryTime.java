package dev.sluice.jdbc.dialect;

import dev.sluice.row.JsonWriter;

/** Dates and timestamps, as {@link PostgresTime} writes them. */
final class BinaryTime {
    private static final long MICROSECONDS_OF_DAY = 86_400_000_000L;

    private BinaryTime() {}

    /** Days since 2000. */
    record Date(InfiniteTimes infinite, CalendarText calendar) implements BinaryValue {
        @Override
        public int size() {
            return Integer.BYTES;
        }

        @Override
        public void write(byte[] row, int from, int to, JsonWriter out) {
            int days = days(row, from);
            if (isInfinite(days)) {
                infinite.write(infinity(days), out);
            } else {
                calendar.begin().put('"').date(days, true).put('"').write(out);
            }
        }

        @Override
        public String text(byte[] row, int from, int to) {
            int days = days(row, from);
            return isInfinite(days)
                    ? infinity(days)
                    : calendar.begin().date(days, false).era().toString();
        }

        private static int days(byte[] row, int from) {
            return (int) BinaryRow.INT4.get(row, from);
        }

        private static boolean isInfinite(int days) {
            return days == Integer.MAX_VALUE || days == Integer.MIN_VALUE;
        }
    }

    /** Microseconds since 2000, of UTC where there is a zone. */
    record Stamp(InfiniteTimes infinite, CalendarText calendar, boolean hasZone) implements BinaryValue {
        @Override
        public int size() {
            return Long.BYTES;
        }

        @Override
        public void write(byte[] row, int from, int to, JsonWriter out) {
            long time = (long) BinaryRow.INT8.get(row, from);
            if (isInfinite(time)) {
                infinite.write(infinity(time), out);
                return;
            }
            calendar.begin().put('"');
            format(time, 'T', true);
            if (hasZone) {
                calendar.put('Z');
            }
            calendar.put('"').write(out);
        }

        @Override
        public String text(byte[] row, int from, int to) {
            long time = (long) BinaryRow.INT8.get(row, from);
            if (isInfinite(time)) {
                return infinity(time);
            }
            calendar.begin();
            format(time, ' ', false);
            if (hasZone) {
                calendar.put('+').put('0').put('0');
            }
            return calendar.era().toString();
        }

        private void format(long time, char between, boolean iso) {
            long days = Math.floorDiv(time, MICROSECONDS_OF_DAY);
            calendar.date(days, iso).put(between).time(time - days * MICROSECONDS_OF_DAY);
        }

        private static boolean isInfinite(long time) {
            return time == Long.MAX_VALUE || time == Long.MIN_VALUE;
        }
    }

    private static String infinity(long time) {
        return time > 0 ? "infinity" : "-infinity";
    }
}
