package dev.sluice.sync;

import dev.sluice.PushException;
import dev.sluice.jdbc.dialect.SourceException;
import dev.sluice.receipt.Receipt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;

/** Puts a failure into one line: what is wrong, and what to do. */
final class Failures {
    private Failures() {}

    /** For a table that was not finished. */
    static String ofTable(RuntimeException e) {
        if (e instanceof PushException push) {
            return push(push);
        }
        if (isUnreachable(e)) {
            return "the database cannot be reached: "
                    + connection(cause(e, SQLTransientConnectionException.class)
                            .<Throwable>map(c -> c)
                            .orElse(e)) + "; see that it is running and lets this machine in, then sync again";
        }
        return of(e) + (e instanceof SourceException source ? advice(source) : "");
    }

    static String of(Throwable e) {
        if (e instanceof UncheckedIOException io) {
            return Words.oneLine(io)
                    + cause(io, IOException.class)
                            .map(disk -> ": " + Words.firstLine(disk))
                            .orElse("");
        }
        boolean ours = e.getClass().getName().startsWith("dev.sluice.");
        return ours
                ? Words.oneLine(e)
                : "unexpected " + e.getClass().getSimpleName() + ": " + Words.firstLine(e)
                        + "; --verbose shows where it comes from";
    }

    /** Whether no connection could be had, so that the other tables would only wait for one too. */
    static boolean isUnreachable(Throwable e) {
        return e instanceof SourceException && e.getCause() instanceof SQLTransientConnectionException;
    }

    /** The driver's sentence, with that of what lies beneath it if it says no more than that it failed. */
    static String connection(Throwable e) {
        Throwable said = e instanceof SQLTransientConnectionException && e.getCause() != null ? e.getCause() : e;
        String sentence = Words.firstLine(said).replaceFirst("\\.$", "");
        boolean saysNothing =
                sentence.equals("The connection attempt failed") || sentence.equals("Communications link failure");
        return cause(said, IOException.class)
                .filter(beneath -> saysNothing)
                .map(beneath -> beneath.getClass().getSimpleName() + ": " + Words.firstLine(beneath))
                .orElse(sentence);
    }

    static <T extends Throwable> Optional<T> cause(Throwable e, Class<T> type) {
        for (Throwable at = e; at != null; at = at.getCause()) {
            if (type.isInstance(at)) {
                return Optional.of(type.cast(at));
            }
        }
        return Optional.empty();
    }

    private static String push(PushException e) {
        Receipt receipt = e.receipt();
        String reason = receipt.firstProblem().map(Receipt.Part::message).orElse("");
        return "page not delivered (" + Words.number(receipt.undelivered()) + " of "
                + Words.count(receipt.submitted(), "row") + "): " + reason + "; " + advice(e);
    }

    /** What the library found itself it has an advice for; here it is the database that complained. */
    private static String advice(SourceException e) {
        String state =
                cause(e, SQLException.class).map(SQLException::getSQLState).orElse("");
        if (e.getCause() == null) {
            return "";
        } else if (state.equals("57014")) {
            return "; raise statement_timeout for source.user, index the watermark and key, or lower batch.maxRows";
        } else if (state.equals("22007") || state.equals("22008")) {
            return "; if the checkpoint was edited, state reset mends it; else see to the column";
        } else if (state.startsWith("53")) {
            return "; the database is short of room for it: see its limits, then sync again";
        } else if (state.startsWith("08") || state.startsWith("57P")) {
            return "; the connection broke: see that the database is running, then sync again";
        } else if (state.equals("42501")) {
            return "; GRANT SELECT on it to the user in source.user, then sync again";
        }
        return "; the database's log may say more; mend it and sync again";
    }

    private static String advice(PushException e) {
        if (e instanceof PushException.Unauthorized) {
            return "check that destination.apiKey is right, current and allowed to write, then sync again";
        } else if (e instanceof PushException.Stopped) {
            return "check destination.url and the table's name, then sync again";
        } else if (e instanceof PushException.OutcomeUnknown) {
            return "check that destination.url is a Stream API; the rows may be written, and the next sync sends them"
                    + " again under the same id";
        } else if (e instanceof PushException.Rejected || e instanceof PushException.PartlyWritten) {
            return "the dead letters could not be kept" + hook(e) + "; see to the folder deadLetters, then sync again";
        } else if (e instanceof PushException.Aborted) {
            return "the sync was stopped; the next one sends them again";
        }
        return "sync again when the API at destination.url answers";
    }

    private static String hook(PushException e) {
        for (Throwable hook : e.getSuppressed()) {
            return ": "
                    + Words.firstLine(cause(hook, IOException.class)
                            .<Throwable>map(io -> io)
                            .orElse(hook));
        }
        return "";
    }
}
