package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.Receipt;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a client has in memory and what became of every row: lets in only what fits, and keeps the account.
 *
 * <p>Bytes count from the moment rows are let in until they are settled or handed back: queued, in flight, waiting for a
 * retry or held. Safe for use by several threads; no method waits.
 */
final class Books {
    /** What a row takes beside its JSON and comma: its place in the batch, and its future. */
    static final int ROW_OVERHEAD = 48;

    /** One table's part of the memory. */
    private static final class Share {
        private final List<Account> accounts = new ArrayList<>();
        private long bytes;
        private long loaded;
    }

    /** The rows that came one way: by pushes to a table, or by one writer. Guarded by the books. */
    static final class Account {
        private final String table;
        private final Share share;
        private Ledger closed = Ledger.EMPTY;
        private final Tally tally = new Tally();

        private Account(String table, Share share) {
            this.table = table;
            this.share = share;
        }

        String table() {
            return table;
        }

        private Ledger ledger() {
            return closed.plus(tally.ledger());
        }
    }

    private final long maxBytes;
    private final Map<String, Share> shares = new HashMap<>();
    private long bytes;
    private long spooled;
    private long loaded;

    Books(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** The lesser of 64 MB and a quarter of the heap. */
    static long defaultMaxBytes() {
        return Math.min(64_000_000, Runtime.getRuntime().maxMemory() / 4);
    }

    /** What a row takes. */
    static long cost(int jsonBytes) {
        return jsonBytes + 1L + ROW_OVERHEAD;
    }

    /** What the rows of a batch take: as much as each by itself. */
    static long cost(Batch batch) {
        return cost(batch.rows(), batch.bytes());
    }

    /** What a batch of that size takes. */
    static long cost(int rows, long bytes) {
        return bytes + 1L + (long) rows * ROW_OVERHEAD;
    }

    /** The most that one table may have in memory, so that none takes the room of all others. */
    long maxTableBytes() {
        return maxBytes / 2;
    }

    /** The account for all pushes to a table. */
    synchronized Account pushes(String table) {
        Share share = shares.computeIfAbsent(table, name -> new Share());
        if (share.accounts.isEmpty()) {
            share.accounts.add(new Account(table, share));
        }
        return share.accounts.get(0);
    }

    /** An account of its own for a writer. */
    synchronized Account open(String table) {
        Share share = pushes(table).share;
        Account account = new Account(table, share);
        share.accounts.add(account);
        return account;
    }

    /** A writer has come to its end: its rows are told with those of the pushes from now on. */
    synchronized void close(Account account) {
        if (account.ledger().pending() == 0 && account.share.accounts.remove(account)) {
            Account first = account.share.accounts.get(0);
            first.closed = first.closed.plus(account.ledger());
        }
    }

    /** Lets rows in if there is room. What is too large for any room is let in when there is nothing else. */
    synchronized boolean admit(Account account, int rows, long cost) {
        boolean room = hasRoom(account.share, cost);
        if (room) {
            account.tally.submitted(rows);
            take(account, cost);
        }
        return room;
    }

    /** Takes back what {@link #admit} did. */
    synchronized void revoke(Account account, int rows, long cost) {
        account.tally.revoked(rows);
        take(account, -cost);
    }

    synchronized void superseded(Account account, int rows, long cost) {
        account.tally.superseded(rows);
        take(account, -cost);
    }

    /** A batch has come to its end, in those parts; the pieces that are kept stay in memory. */
    synchronized void settle(Account account, Batch batch, List<Receipt.Part> parts, List<Batch> kept) {
        account.tally.settled(batch.rows(), parts);
        take(account, kept.stream().mapToLong(Books::cost).sum() - cost(batch));
    }

    /** Rows go into the spool, and count with their table's from now on; their memory is freed when they are in. */
    synchronized void spool(Account from, Account table, int rows) {
        from.tally.revoked(rows);
        found(table, rows);
    }

    /** Takes back what {@link #spool} did. */
    synchronized void unspool(Account from, Account table, int rows) {
        from.tally.submitted(rows);
        table.tally.revoked(rows);
        spooled -= rows;
    }

    /** Rows were in the spool before. */
    synchronized void found(Account table, long rows) {
        table.tally.submitted(rows);
        spooled += rows;
    }

    /** Lets rows of the spool into memory, to be sent, if there is room: half of it is kept for rows that are not safe yet. */
    synchronized boolean load(Account account, long cost) {
        Share share = account.share;
        boolean fair = share.loaded == 0 || share.loaded + cost <= maxTableBytes() / 2;
        boolean room = fair && (loaded == 0 || loaded + cost <= maxBytes / 2) && hasRoom(share, cost);
        if (room) {
            loaded(account, cost);
        }
        return room;
    }

    /** Takes more memory for rows of the spool, or frees some. */
    synchronized void loaded(Account account, long cost) {
        account.share.loaded += cost;
        loaded += cost;
        take(account, cost);
    }

    /** Frees the memory of rows that are in the spool now. */
    synchronized void unload(Account account, long cost) {
        take(account, -cost);
    }

    /** A batch of the spool has come to its end, in those parts; rows that are in none wait on. */
    synchronized void settleSpooled(Account account, Batch batch, List<Receipt.Part> parts) {
        account.tally.ended(parts);
        spooled -=
                parts.stream().mapToLong(part -> part.delivered() + part.dead()).sum();
        loaded(account, -cost(batch));
    }

    /** Rows that are pending in the spool, wherever it is with them. */
    synchronized long spooledRows() {
        return spooled;
    }

    /** A piece that was held leaves memory. */
    synchronized void release(Account account, Batch piece) {
        take(account, -cost(piece));
    }

    synchronized Ledger ledger() {
        return shares.values().stream()
                .map(share -> share.accounts)
                .flatMap(Collection::stream)
                .map(Account::ledger)
                .reduce(Ledger.EMPTY, Ledger::plus);
    }

    synchronized Ledger ledger(String table) {
        Share share = shares.get(table);
        return share == null
                ? Ledger.EMPTY
                : share.accounts.stream().map(Account::ledger).reduce(Ledger.EMPTY, Ledger::plus);
    }

    synchronized Ledger ledger(Account account) {
        return account.ledger();
    }

    synchronized long bytes() {
        return bytes;
    }

    /** How full it is, in a sentence. */
    synchronized String usage(Account account) {
        return account.share.bytes + " of " + maxTableBytes() + " bytes for " + account.table + " and " + bytes + " of "
                + maxBytes + " bytes for all tables are taken";
    }

    private boolean hasRoom(Share share, long cost) {
        boolean fair = share.bytes == 0 || share.bytes + cost <= maxTableBytes();
        return bytes == 0 || (fair && bytes + cost <= maxBytes);
    }

    private void take(Account account, long cost) {
        account.share.bytes += cost;
        bytes += cost;
    }
}
