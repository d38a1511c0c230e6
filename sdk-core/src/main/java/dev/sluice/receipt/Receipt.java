package dev.sluice.receipt;

import dev.sluice.batch.BatchId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of every row of a push.
 *
 * <p>The counts always add up: submitted = delivered + superseded + dead + spooled + undelivered.
 *
 * @param table the destination's table
 * @param submitted rows handed in
 * @param superseded rows of a merge that were not sent, because a later row of the same push has the same key
 * @param parts one entry for each piece the rows were sent in, in their order; batches that were split have several
 */
public record Receipt(String table, int submitted, int superseded, List<Part> parts) {

    /** How a part, or the worst part of a push, ended; from best to worst. */
    public enum Status {
        /** The API says the rows are written and named the snapshot that holds them. */
        COMMITTED,
        /** The API says the rows are written. */
        ACCEPTED,
        /** The client's spool has the rows, and goes on trying by itself. */
        SPOOLED,
        /** The API wrote some of the rows and did not say which. */
        PARTIAL,
        /** The dead letters hold the rows: they were refused, or their time ran out. */
        DEAD,
        /** The rows were not delivered as far as is known, or their outcome is unknown; they are still the caller's. */
        UNDELIVERED
    }

    /**
     * One piece of a push.
     *
     * @param batch the id it was sent under
     * @param status how it ended
     * @param rows its rows
     * @param delivered rows that the API says are written
     * @param dead rows that the dead letters hold: as many as were not written, where that is known
     * @param firstRow the place of its first row among the rows handed in, counted from 0
     * @param attempts requests made, 0 if there was none
     * @param requestId the API's name of the last request, if it gave one
     * @param snapshotId the snapshot that holds the rows, if the API named one
     * @param message what went wrong in the end; empty for delivered parts
     * @param warnings what the API remarked
     */
    public record Part(
            BatchId batch,
            Status status,
            int rows,
            int delivered,
            int dead,
            int firstRow,
            int attempts,
            @Nullable String requestId,
            @Nullable String snapshotId,
            String message,
            List<String> warnings) {

        public Part {
            warnings = List.copyOf(warnings);
        }

        /** The rows that are still the caller's. */
        public int undelivered() {
            return status == Status.SPOOLED ? 0 : rows - delivered - dead;
        }

        /** The rows that the client's spool has. */
        public int spooled() {
            return status == Status.SPOOLED ? rows - delivered - dead : 0;
        }
    }

    public Receipt {
        parts = List.copyOf(parts);
    }

    /** The worst status of any part; {@code ACCEPTED} if there was nothing to send. */
    public Status status() {
        return parts.stream().map(Part::status).max(Enum::compareTo).orElse(Status.ACCEPTED);
    }

    /** Rows that the API says are written. */
    public int delivered() {
        return parts.stream().mapToInt(Part::delivered).sum();
    }

    /** Rows that the dead letters hold. */
    public int dead() {
        return parts.stream().mapToInt(Part::dead).sum();
    }

    /** Rows that are still the caller's: not delivered, or with an unknown outcome. */
    public int undelivered() {
        return parts.stream().mapToInt(Part::undelivered).sum();
    }

    /** Rows that the client's spool has and goes on trying. */
    public int spooled() {
        return parts.stream().mapToInt(Part::spooled).sum();
    }

    /**
     * Whether every row is written, superseded, with the dead letters or in the client's spool: nothing is left to do for
     * the caller.
     */
    public boolean isSettled() {
        return undelivered() == 0;
    }

    /** Requests made for all parts. */
    public int attempts() {
        return parts.stream().mapToInt(Part::attempts).sum();
    }

    /** What the API remarked, each remark once. */
    public List<String> warnings() {
        return parts.stream()
                .flatMap(part -> part.warnings().stream())
                .distinct()
                .toList();
    }

    /** The first part that was not delivered in full. */
    public Optional<Part> firstProblem() {
        return parts.stream()
                .filter(part -> part.status().compareTo(Status.ACCEPTED) > 0)
                .findFirst();
    }
}
