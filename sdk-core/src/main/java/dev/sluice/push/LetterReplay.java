package dev.sluice.push;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.receipt.DamagedLetterException;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.DeadLetterStore.Entry;
import dev.sluice.row.ChangeType;
import dev.sluice.row.ChangedRow;
import dev.sluice.row.Row;
import dev.sluice.row.SluiceException;
import dev.sluice.spool.PushQueue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Puts rejected rows back into the queue they came from, letter by letter. */
final class LetterReplay {
    private final PushQueue queue;
    private final String target;
    private final PushReplay.Stale stale;
    private final List<String> skipped = new ArrayList<>();
    private int replayed;

    LetterReplay(PushQueue queue, String target, PushReplay.Stale stale) {
        this.queue = queue;
        this.target = target;
        this.stale = stale;
    }

    PushReplay of(DeadLetterStore letters) {
        for (Entry entry : entries(letters)) {
            if (target.equals(entry.destination().tags().get(Rejections.TARGET))) {
                replay(letters, entry);
            }
        }
        return new PushReplay(replayed, skipped);
    }

    private List<Entry> entries(DeadLetterStore letters) {
        try {
            return letters.list();
        } catch (DamagedLetterException e) {
            e.damaged().forEach(name -> skip(name, "it is damaged: mend it first"));
            return e.readable();
        }
    }

    private void replay(DeadLetterStore letters, Entry entry) {
        if (stale == PushReplay.Stale.SKIP) {
            skip(
                    entry.name(),
                    "a newer change of its row may have been pushed since: replay it with Stale.REPLAY if none was");
            return;
        }
        String problem = putBack(letters, entry);
        if (problem == null) {
            letters.remove(entry.name());
            replayed++;
        } else {
            skip(entry.name(), problem);
        }
    }

    /** In the queue before it is out of the store: a crash between the two leaves a letter that is put back once. */
    private @Nullable String putBack(DeadLetterStore letters, Entry entry) {
        ChangedRow row;
        try {
            row = row(letters.read(entry.name()).batch());
        } catch (NoSuchElementException e) {
            return "it is not in the store any more";
        } catch (SluiceException | IllegalArgumentException e) {
            return "its row or its tags cannot be read: mend it first";
        }
        boolean ignored = queue.putOnce(target, List.of(row), key(entry, row));
        return null;
    }

    private static ChangedRow row(Batch batch) {
        Map<String, String> tags = batch.destination().tags();
        if (batch.rows() != 1) {
            throw new IllegalArgumentException("a push function's letter has 1 row, found " + batch.rows());
        }
        return new ChangedRow(
                Long.parseLong(tags.getOrDefault(Rejections.ROW_ID, "")),
                ChangeType.of(tags.getOrDefault(Rejections.CHANGE, "")),
                Row.json(batch.row(0)));
    }

    /** A row that was mended in its letter is another one. */
    private static String key(Entry entry, ChangedRow row) {
        String json = new String(row.row().toBytes(), StandardCharsets.UTF_8);
        return BatchId.derived("replay", entry.batch().value(), row.key(), json).value();
    }

    private void skip(String name, String why) {
        skipped.add(name + ": " + why);
    }
}
