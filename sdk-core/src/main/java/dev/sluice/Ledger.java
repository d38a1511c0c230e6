package dev.sluice;

/**
 * Where all rows are that were ever handed in. At any time submitted = delivered + superseded + dead + held + pending.
 *
 * @param submitted rows handed in; rows refused with an exception at once were never in
 * @param delivered rows that the API says are written
 * @param superseded rows of merges that were not sent, because a later row had the same key
 * @param dead rows that the dead letters hold
 * @param held rows that were given up and are the caller's again: told in an exception, and of a {@link StreamWriter}
 *     also kept until they are taken. They stay counted here; pushed again, they are submitted anew
 * @param pending rows that wait or are on their way
 */
public record Ledger(long submitted, long delivered, long superseded, long dead, long held, long pending) {
    /** Nothing was ever handed in. */
    static final Ledger EMPTY = new Ledger(0, 0, 0, 0, 0, 0);

    /** Whether each row is written, superseded or with the dead letters. */
    public boolean isSettled() {
        return held == 0 && pending == 0;
    }

    Ledger plus(Ledger other) {
        return new Ledger(
                submitted + other.submitted,
                delivered + other.delivered,
                superseded + other.superseded,
                dead + other.dead,
                held + other.held,
                pending + other.pending);
    }
}
