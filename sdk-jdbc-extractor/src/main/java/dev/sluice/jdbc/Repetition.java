package dev.sluice.jdbc;

import dev.sluice.jdbc.SyncReport.TableReport;
import dev.sluice.jdbc.checkpoint.Checkpoint;
import dev.sluice.jdbc.checkpoint.CheckpointException;
import dev.sluice.jdbc.checkpoint.Cursor;
import dev.sluice.jdbc.checkpoint.KeyBook;
import dev.sluice.jdbc.checkpoint.PendingRange.Phase;
import dev.sluice.jdbc.source.PageSource;
import dev.sluice.jdbc.source.Slice;
import dev.sluice.jdbc.source.TablePlan;
import dev.sluice.jdbc.source.Watermarks;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Has rows sent again that the syncs of one table have sent before. */
final class Repetition {
    private final TableSync.Setting setting;
    private final TablePlan plan;
    private final PageSource source;
    private final Watermarks watermarks;

    Repetition(TableSync.Setting setting, TablePlan plan, PageSource source) {
        this.setting = setting;
        this.plan = plan;
        this.source = source;
        this.watermarks = source.watermarks();
    }

    /** Sets the cursor back, for later syncs to go on from there. */
    @Nullable
    Cursor rewind(String watermark) {
        Checkpoint before = checkpoint();
        String value = watermarks.parse(watermark);
        if (watermarks.isAbove(value, text(before.cursor()))) {
            throw new IllegalArgumentException("the place given for " + name()
                    + " lies behind its cursor, and the rows in between would never be sent: nothing was changed; name"
                    + " a place before the cursor (state show tells it)");
        }
        Cursor place = watermarks.before(value);
        setting.checkpoints().save(before.rewound(place));
        return place;
    }

    /**
     * Sends the rows of a stretch that lie before the cursor.
     *
     * @param sync a pass over the table: what becomes of pending ranges is its matter alone
     */
    TableReport resend(String from, String to, Supplier<TableReport> sync) {
        Checkpoint before = checkpoint();
        String first = watermarks.parse(from);
        String bound = watermarks.parse(to);
        if (!watermarks.isAbove(bound, first)) {
            throw new IllegalArgumentException("the stretch of " + name()
                    + " that is to be sent again ends before it begins: name its first watermark, and then a later one"
                    + " that is the first behind it");
        }
        if (!before.pending().isEmpty()) {
            TableReport pass = sync.get();
            if (!pass.complete()) {
                return pass;
            }
        }
        Optional<String> below = watermarks.bound(bound);
        return below.isPresent() ? resend(watermarks.before(first), below.get()) : nothing(before.cursor());
    }

    private TableReport nothing(@Nullable Cursor cursor) {
        return new TableReport(source.table(), plan.destination(), 0, 0, 0, 0, 0, cursor, true, null, List.of());
    }

    private TableReport resend(@Nullable Cursor from, String bound) {
        TableSync.tell(() -> setting.listener().tableStarted(source.table(), plan.destination(), -1));
        Progress progress = new Progress(setting.checkpoints(), checkpoint());
        KeyBook book = TableSync.book(setting, plan, source);
        Delivery delivery =
                new Delivery(setting, source, plan.destination(), progress, new Repeats(progress, false), book);
        boolean complete = false;
        RuntimeException error = null;
        try {
            // What is remembered would be left out.
            progress.save(checkpoint ->
                    checkpoint.change().nextEpoch().rows(0).recent(Map.of()).build());
            // Rows above the cursor are none of its business: the next sync sends them for the first time.
            Slice slice = new Slice(Phase.LOOK_BACK, from, progress.now().cursor(), bound);
            complete = delivery.through(slice, Delivery.Along.NOTHING, setting.stopped());
        } catch (RuntimeException e) {
            error = e;
        }
        TableReport report = report(delivery, progress.now().cursor(), complete, error);
        TableSync.tell(() -> setting.listener().tableEnded(report));
        return report;
    }

    private TableReport report(
            Delivery delivery, @Nullable Cursor cursor, boolean complete, @Nullable RuntimeException error) {
        return new TableReport(
                source.table(),
                plan.destination(),
                delivery.rows(),
                delivery.dead(),
                delivery.pages(),
                0,
                0,
                cursor,
                complete,
                error,
                List.of());
    }

    /** That of a table whose rows up to its cursor were all sent. */
    private Checkpoint checkpoint() {
        Checkpoint known = setting.checkpoints()
                .load(source.table(), plan.destination())
                .filter(one -> one.cursor() != null && one.cursor().watermark() != null && one.load() == null)
                .orElseThrow(() -> new CheckpointException(name()
                        + " has no place in the order of its watermark, before which all was sent: it was never synced,"
                        + " or its load is not through. Sync it first"));
        return TableSync.identified(known, source.fingerprint());
    }

    private static String text(@Nullable Cursor cursor) {
        return Objects.requireNonNull(Objects.requireNonNull(cursor).watermark());
    }

    private String name() {
        return source.table() + " -> " + plan.destination();
    }
}
