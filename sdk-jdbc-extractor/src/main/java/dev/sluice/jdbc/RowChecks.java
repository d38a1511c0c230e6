package dev.sluice.jdbc;

import dev.sluice.jdbc.dialect.Column;
import dev.sluice.jdbc.dialect.Finding.Severity;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.jdbc.source.NullWatermark;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.source.TableProbe;
import dev.sluice.jdbc.source.TimeProbe;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Judges a table by its rows: whether they may be read, and the watermarks and keys in them. */
final class RowChecks {
    private final TablePlan plan;
    private final TableProbe probe;
    private final CheckFindings found;

    RowChecks(TablePlan plan, TableProbe probe, CheckFindings found) {
        this.plan = plan;
        this.probe = probe;
        this.found = found;
    }

    void run() {
        found.check("reading a row", probe::tryReading);
        if (found.has(FindingCode.NO_PRIVILEGE)) {
            return;
        }
        found.check("NULL watermarks", () -> probe.watermark().ifPresent(this::watermark));
        found.check("NULL keys", this::keys);
        probe.times().ifPresent(times -> {
            found.check("the watermark's resolution", () -> resolution(times));
            found.check("the watermark's times", () -> times(times));
        });
    }

    private void watermark(Column watermark) {
        if (!watermark.nullable() || plan.nullWatermark() != NullWatermark.FAIL) {
            return;
        }
        int nulls = probe.nulls(watermark);
        if (nulls > 0) {
            found.error(
                    FindingCode.NULL_WATERMARKS,
                    rows(nulls) + " no " + watermark.name() + " and can never be read",
                    "give them one, then declare the column NOT NULL");
        } else {
            found.info(
                    FindingCode.NULLABLE_WATERMARK,
                    watermark.name() + " may be NULL, and a row without it stops the sync",
                    "declare the column NOT NULL, which also saves each pass a look at every row");
        }
    }

    private void keys() {
        List<String> problems = new ArrayList<>();
        for (Column column : probe.key()) {
            int nulls = column.nullable() ? probe.nulls(column) : 0;
            if (nulls > 0) {
                problems.add(rows(nulls) + " no " + column.name());
            }
        }
        if (!problems.isEmpty()) {
            found.error(
                    FindingCode.NULL_KEYS,
                    String.join(", ", problems) + " and can never be read",
                    "give them one and declare the column NOT NULL, or choose another key");
        }
    }

    private void resolution(TimeProbe times) {
        String unit = switch (times.resolution()) {
            case DAY -> "day";
            case SECOND -> "second";
            case FINER -> "";
        };
        if (!unit.isEmpty()) {
            found.info(
                    FindingCode.COARSE_WATERMARK,
                    "the watermark's times are whole " + unit + "s, and rows of the present " + unit
                            + " wait until it is over",
                    "nothing is lost; for less delay make the column finer");
        }
    }

    private void times(TimeProbe times) {
        Instant present = probe.now();
        String now;
        try {
            now = times.bound(present);
        } catch (SourceException e) {
            if (e.getCause() != null) {
                throw e;
            }
            found.told(FindingCode.ZONE_UNKNOWN, Severity.ERROR, String.valueOf(e.getMessage()));
            return;
        }
        int future = times.countAbove(now);
        if (future > 0) {
            found.warning(
                    FindingCode.FUTURE_WATERMARKS,
                    rows(future)
                            + " a watermark in the future; they are sent, and looked at again by every pass until it has come",
                    "correct them, or the clock that stamps them");
        }
        times.lag(now, times.bound(present.plus(ZoneGuess.FARTHEST)))
                .flatMap(lag -> ZoneGuess.of(lag, times.isNaive()))
                .ifPresent(shift -> doubtful(shift, present));
    }

    private void doubtful(Duration shift, Instant present) {
        int assumed = plan.watermarkZone()
                .map(zone -> zone.getRules().getOffset(present).getTotalSeconds())
                .orElse(0);
        int seconds = (int) (assumed + shift.toSeconds());
        int most = ZoneOffset.MAX.getTotalSeconds();
        String zone = Math.abs(seconds) > most ? "another zone" : "UTC" + offset(seconds);
        found.warning(
                FindingCode.ZONE_DOUBTFUL,
                "the newest row lies " + shift.abs().toMinutes() + " min "
                        + (shift.isNegative() ? "behind" : "beyond")
                        + " the present, so that its time looks like one of "
                        + zone,
                "see in which zone the writers' times are, and set watermarkZone to it; with a wrong one rows are"
                        + " missed or late");
    }

    private static String offset(int seconds) {
        ZoneOffset offset = ZoneOffset.ofTotalSeconds(seconds);
        return offset.equals(ZoneOffset.UTC) ? "" : offset.getId();
    }

    private static String rows(int count) {
        boolean isMany = count >= TableProbe.COUNT_LIMIT;
        return (isMany ? "at least " : "") + count + (count == 1 ? " row has" : " rows have");
    }
}
