package dev.sluice;

import dev.sluice.ReplayReport.Status;
import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.RowBuffer;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.receipt.DeadLetter.Reason;
import dev.sluice.receipt.DeadLetterStore;
import dev.sluice.receipt.DeadLetterStore.Entry;
import dev.sluice.receipt.Receipt;
import dev.sluice.row.Destination;
import dev.sluice.row.InvalidRowException;
import dev.sluice.row.Row;
import dev.sluice.row.SluiceException;
import dev.sluice.row.WriteMode;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sends one dead letter after the other, until one fails in a way that the others would fail in too. */
final class Resend {
    private final StreamClient client;
    private final DeadLetterStore store;
    private final Replay.CurrentRows currentRows;
    private final boolean acceptDuplicates;
    private final boolean force;
    private @Nullable String stopped;

    Resend(
            StreamClient client,
            DeadLetterStore store,
            Replay.CurrentRows currentRows,
            boolean acceptDuplicates,
            boolean force) {
        this.client = client;
        this.store = store;
        this.currentRows = currentRows;
        this.acceptDuplicates = acceptDuplicates;
        this.force = force;
    }

    /** Why nothing more is sent; null as long as that is not so. */
    @Nullable
    String stopped() {
        return stopped;
    }

    ReplayReport.Letter of(Entry entry) {
        if (stopped != null) {
            return unsent(entry, Status.NOT_TRIED, "the replay had been stopped");
        }
        try {
            return send(entry);
        } catch (InvalidRowException e) {
            return unsent(entry, Status.SKIPPED, "it would be refused: " + e.getMessage() + "; mend the row first");
        } catch (NoSuchElementException e) {
            return unsent(entry, Status.SKIPPED, "it is not in the store any more");
        } catch (ClosedException | BufferFullException e) {
            stopped = e.getMessage();
            return failed(entry, 0, 0, e);
        } catch (RuntimeException e) {
            return failed(entry, 0, 0, e);
        }
    }

    private ReplayReport.Letter send(Entry entry) {
        if (entry.destination().tags().containsKey("push_target")) {
            return unsent(
                    entry,
                    Status.SKIPPED,
                    "a push function rejected it, the Stream API is not its receiver: the program that pushes to its target"
                            + " replays it, with PushRunner.replay");
        }
        boolean merges = entry.destination().mode() == WriteMode.MERGE;
        if (!merges && mayBeWritten(entry.reason()) && !acceptDuplicates) {
            return unsent(
                    entry, Status.SKIPPED, "some of its rows may be written already: replay it accepting duplicates");
        }
        DeadLetter letter = store.read(entry.name());
        Optional<Replay.Current> current = merges ? currentRows.of(letter) : Optional.empty();
        if (current.isPresent()) {
            return sendCurrent(entry, current.get());
        }
        if (merges && !force) {
            return unsent(
                    entry,
                    Status.SKIPPED,
                    "newer rows of the same keys may have been merged since: replay it by force if they have not, or with"
                            + " the extractor of its table, which sends the current rows");
        }
        return push(entry, asItIs(letter), 0);
    }

    private ReplayReport.Letter sendCurrent(Entry entry, Replay.Current current) {
        Batch batch = current.batch();
        if (batch == null) {
            return gone(entry, 0, 0, current.gone());
        }
        return push(entry, under(replayId(entry.batch(), batch.id().value()), batch), current.gone());
    }

    private ReplayReport.Letter push(Entry entry, Batch batch, int gone) {
        Receipt receipt;
        try {
            receipt = client.push(batch);
        } catch (PushException e) {
            if (isForAll(e)) {
                stopped = e.getMessage();
            }
            return failed(entry, e.receipt().delivered(), e.receipt().dead(), e);
        }
        if (receipt.spooled() > 0) {
            String wait = receipt.spooled()
                    + " of its rows wait in the client's spool: replay it again when that has sent them";
            return new ReplayReport.Letter(entry, Status.FAILED, receipt.delivered(), receipt.dead(), gone, wait, null);
        }
        if (gone > 0) {
            return gone(entry, receipt.delivered(), receipt.dead(), gone);
        }
        return remove(entry, receipt);
    }

    private ReplayReport.Letter remove(Entry entry, Receipt receipt) {
        try {
            store.remove(entry.name());
        } catch (RuntimeException e) {
            return failed(entry, receipt.delivered(), receipt.dead(), e);
        }
        return new ReplayReport.Letter(entry, Status.REPLAYED, receipt.delivered(), receipt.dead(), 0, "", null);
    }

    private static boolean mayBeWritten(Reason reason) {
        return reason == Reason.PARTIAL || reason == Reason.UNKNOWN;
    }

    private static boolean isForAll(PushException e) {
        return e instanceof PushException.Undelivered
                || e instanceof PushException.Unauthorized
                || e instanceof PushException.Aborted;
    }

    /**
     * The letter's rows as a batch of the replay.
     *
     * @throws InvalidRowException if the client would not take a row from anyone
     */
    private Batch asItIs(DeadLetter letter) {
        Batch before = letter.batch();
        Destination to = before.destination();
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < before.rows(); i++) {
            rows.add(row(before, i));
        }
        List<InvalidRowException> problems = client.validate(PushRequest.to(to).rows(rows));
        if (!problems.isEmpty()) {
            throw problems.get(0);
        }
        RowBuffer buffer = new RowBuffer();
        rows.forEach(buffer::add);
        return buffer.toBatch(replayId(before.id(), buffer.digest()), to);
    }

    private static Row row(Batch batch, int index) {
        try {
            return Row.json(batch.row(index));
        } catch (InvalidRowException e) {
            throw e.inRow(index);
        }
    }

    private static BatchId replayId(BatchId letter, String rows) {
        return BatchId.derived("replay", letter.value(), rows);
    }

    private static Batch under(BatchId id, Batch batch) {
        int[] sizes = new int[batch.rows()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = batch.size(i);
        }
        return Batch.restore(id, batch.destination(), batch.toBytes(), sizes);
    }

    private static ReplayReport.Letter gone(Entry entry, int written, int dead, int gone) {
        String why = gone + " of its " + entry.rows() + " rows are no longer in the source"
                + (written + dead > 0 ? ", the current ones of the others were sent" : "")
                + ": remove the letter if they are not wanted any more";
        return new ReplayReport.Letter(entry, Status.SKIPPED, written, dead, gone, why, null);
    }

    private static ReplayReport.Letter unsent(Entry entry, Status status, String why) {
        return new ReplayReport.Letter(entry, status, 0, 0, 0, why, null);
    }

    private static ReplayReport.Letter failed(Entry entry, int written, int dead, RuntimeException e) {
        return new ReplayReport.Letter(entry, Status.FAILED, written, dead, 0, words(e), e);
    }

    /** What others say may quote rows. */
    private static String words(RuntimeException e) {
        boolean quotesNothing = e instanceof SluiceException || e instanceof UncheckedIOException;
        return quotesNothing ? String.valueOf(e.getMessage()) : e.getClass().getName();
    }
}
