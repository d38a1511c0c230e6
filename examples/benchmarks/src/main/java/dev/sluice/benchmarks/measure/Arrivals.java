package dev.sluice.benchmarks.measure;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.GZIPInputStream;

/** What came over all connections of a sink. */
final class Arrivals {
    private final LongAdder events = new LongAdder();
    private final List<byte[]> compressed = new ArrayList<>();
    private long told;
    private long bytes;
    private int batch;
    private long left;

    long events() {
        return events.sum();
    }

    synchronized void expect(int rows, long total) {
        batch = rows;
        left = total;
    }

    synchronized void plain(long count, long length) {
        events.add(count);
        bytes += length;
    }

    /** Keeps a body, and says how many rows to answer for: unpacking it now would take the machine from the contestant. */
    synchronized int compressed(byte[] body) {
        compressed.add(body);
        int rows = (int) Math.min(batch, left);
        left -= rows;
        return rows;
    }

    synchronized Tally tally() throws IOException {
        long sent = bytes;
        for (byte[] body : compressed) {
            sent += body.length;
            unpack(body);
        }
        compressed.clear();
        Tally tally = new Tally(events() - told, bytes, sent);
        told = events();
        bytes = 0;
        return tally;
    }

    private void unpack(byte[] body) throws IOException {
        MarkerCount markers = new MarkerCount();
        byte[] buffer = new byte[65_536];
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body), buffer.length)) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                markers.add(buffer, 0, length);
                bytes += length;
            }
        }
        events.add(markers.count());
    }
}
