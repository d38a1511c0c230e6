package dev.sluice.jdbc.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.row.JsonWriter;

/** Turns dates and timestamps, as they are written in UTC, into ISO 8601. */
final class PostgresTime implements ValueWriter.OfBytes {
    /** What stands behind a time in UTC. */
    private static final int OFFSET = "+00".length();

    private final InfiniteTimes infinite;
    private final boolean hasZone;
    private final byte[] scratch = new byte[40];

    PostgresTime(Column column, String kind, TypePolicy.Odd infinite, Losses losses) {
        this.infinite = new InfiniteTimes(column, infinite, losses);
        this.hasZone = kind.equals("timestamptz");
    }

    /** By its last letter: of {@code infinity}, of {@code BC}, or none. */
    @Override
    public void write(byte[] utf8, int from, int to, JsonWriter out) {
        switch (utf8[to - 1]) {
            case 'y' -> infinite.write(new String(utf8, from, to - from, UTF_8), out);
            case 'C' -> finite(signed(new String(utf8, from, to - from, UTF_8)), out);
            default -> finite(utf8, from, to, out);
        }
    }

    private void finite(String text, JsonWriter out) {
        byte[] utf8 = text.getBytes(UTF_8);
        finite(utf8, 0, utf8.length, out);
    }

    private void finite(byte[] utf8, int from, int to, JsonWriter out) {
        int length = hasZone ? to - from - OFFSET : to - from;
        System.arraycopy(utf8, from, scratch, 0, length);
        for (int i = "2025-02-14".length(); i < length; i++) {
            if (scratch[i] == ' ') {
                scratch[i] = 'T';
                break;
            }
        }
        if (hasZone) {
            scratch[length++] = 'Z';
        }
        out.utf8(scratch, 0, length);
    }

    /** Year 44 BC is -43 in ISO 8601, which has a year 0; readers that do not know "BC" would take it for 44 AD. */
    private static String signed(String text) {
        int end = text.indexOf('-');
        int year = 1 - Integer.parseInt(text.substring(0, end));
        return (year < 0 ? "-" : "") + "%04d".formatted(-year) + text.substring(end, text.length() - " BC".length());
    }
}
