package dev.sluice.jdbc;

import dev.sluice.batch.BatchPolicy;
import dev.sluice.jdbc.source.Page;
import dev.sluice.jdbc.source.Reading.Extent;
import dev.sluice.jdbc.source.Slice;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pages of a slice while those that were read before are on the network: one transaction after the other, from
 * the second one on on a thread of its own. The pages of two transactions are in memory at most.
 *
 * <p>Used by one thread.
 */
final class ReadAhead implements AutoCloseable {
    /** Reads on behind what was read before. */
    @FunctionalInterface
    interface Reader {
        List<Page> read(Slice rest, Extent extent);
    }

    /** Bytes of JSON that are read in one transaction at most, of all that is read at once: less of a small heap. */
    private static final long MOST_BYTES =
            Math.min(16_000_000, Runtime.getRuntime().maxMemory() / 8);

    /** Pages of one transaction: each of them is noted as pending, and its end looked up. */
    private static final long MOST_PAGES = 64;

    private static final int MOST_ROWS = 100_000;

    /** A round that was shorter, in nanoseconds, is followed by one of twice as much. */
    private static final long SHORT = 500_000_000;

    /** A round that was longer is followed by one of half as much: a stop, or a crash, has to come soon after a save. */
    private static final long LONG = 2_000_000_000;

    private final String name;
    private final Reader reader;
    private final BatchPolicy limits;
    private final boolean ahead;
    private final long mostBytes;
    private final long mostRows;
    private long most;
    private Slice rest;
    private Extent extent;
    private @Nullable Stretch stretch;
    private final LongSupplier nanos;
    private long since;

    /**
     * Nothing is read yet.
     *
     * @param limits those of a page
     * @param share how many read at once, each its part of the memory
     * @param ahead false to read only when it is asked for, a page at a time: where pages depend on those before them
     */
    ReadAhead(String table, Slice slice, BatchPolicy limits, int share, boolean ahead, Reader reader) {
        this(table, slice, limits, share, ahead, reader, System::nanoTime);
    }

    /** By another clock. */
    ReadAhead(
            String table,
            Slice slice,
            BatchPolicy limits,
            int share,
            boolean ahead,
            Reader reader,
            LongSupplier nanos) {
        this.nanos = nanos;
        this.since = nanos.getAsLong();
        this.name = "sluice-read " + table;
        this.reader = reader;
        this.limits = limits;
        this.ahead = ahead;
        this.mostBytes = Math.min(MOST_BYTES / share, MOST_PAGES * limits.maxBytes());
        this.mostRows = Math.min(MOST_ROWS, MOST_PAGES * limits.maxRows());
        this.most = limits.maxBytes();
        this.rest = slice;
        this.extent = new Extent(limits.maxRows(), 1);
    }

    /** The next pages; none if there are no more rows. Not to be called after the last page. */
    List<Page> next() {
        List<Page> pages = stretch == null ? reader.read(rest, extent) : stretch.await();
        stretch = null;
        if (!pages.isEmpty()) {
            Page last = pages.get(pages.size() - 1);
            rest = rest.behind(last.range().to());
            if (ahead && !last.last()) {
                extent = after(pages);
                stretch = new Stretch();
                stretch.start();
            }
        }
        return pages;
    }

    /** Waits for what is being read: only then is its connection given back. */
    @Override
    public void close() {
        if (stretch != null) {
            stretch.end();
        }
    }

    /** So many rows as probably have the bytes: a result that goes on after them would have to be cancelled. */
    private Extent after(List<Page> pages) {
        long now = nanos.getAsLong();
        long took = now - since;
        since = now;
        most = took < SHORT ? Math.min(mostBytes, most * 2) : took > LONG ? Math.max(1, most / 2) : most;
        long rows = 0;
        long bytes = 0;
        for (Page page : pages) {
            rows += page.range().rows() + page.leftOut();
            bytes += page.batch() == null ? 0 : page.batch().bytes();
        }
        long each = Math.max(1, bytes / Math.max(1, rows));
        long atLeast = Math.min(limits.maxRows(), limits.maxBytes() / each + 1);
        long fitting = Math.max(atLeast, Math.min(mostRows, most / each));
        // Whole pages: what is left over would be sent in a request of its own.
        long whole = fitting - fitting % limits.maxRows();
        return new Extent((int) (whole == 0 ? fitting : whole), most);
    }

    /** What is read in one transaction, on a thread of its own. */
    private final class Stretch extends Thread {
        private final Slice from = rest;
        private final Extent to = extent;
        private List<Page> pages = List.of();
        private @Nullable Throwable failure;

        Stretch() {
            super(name);
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                pages = reader.read(from, to);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
        }

        List<Page> await() {
            end();
            if (failure instanceof Error error) {
                throw error;
            }
            if (failure instanceof RuntimeException exception) {
                throw exception;
            }
            return pages;
        }

        /** An interrupt is passed on, and kept. */
        void end() {
            boolean interrupted = false;
            while (isAlive()) {
                try {
                    join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    interrupt();
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
