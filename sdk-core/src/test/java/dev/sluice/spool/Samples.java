package dev.sluice.spool;

import dev.sluice.batch.Batch;
import dev.sluice.batch.BatchId;
import dev.sluice.batch.RowBuffer;
import dev.sluice.receipt.DeadLetter;
import dev.sluice.row.Destination;
import dev.sluice.row.Row;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/** Batches and letters to keep, and what they look like to a test. */
final class Samples {
    static final String TABLE = "bronze.events";

    private Samples() {}

    static Batch batch(String id) {
        return batch(id, TABLE, 4);
    }

    static Batch batch(String id, String table, int rows) {
        return batch(id, Destination.append(table), rows, 3);
    }

    /** Rows of uneven sizes, whose text tells which batch they are of. */
    static Batch batch(String id, Destination to, int rows, int length) {
        RowBuffer buffer = new RowBuffer();
        for (int row = 0; row < rows; row++) {
            buffer.add(Row.json(
                    "{\"b\":\"" + id + "\",\"n\":" + row + ",\"t\":\"" + "é".repeat(row % 5 + length) + "\"}"));
        }
        return buffer.toBatch(new BatchId(id), to);
    }

    static DeadLetter letter(Batch rows) {
        return letter(rows, "req-1");
    }

    static DeadLetter letter(Batch rows, String requestId) {
        return new DeadLetter(
                rows,
                DeadLetter.Reason.PARTIAL,
                "the API wrote 1 of them: \"größer\"",
                1,
                3,
                Instant.parse("2026-01-15T09:00:00.123456789Z"),
                Instant.parse("2026-01-15T09:00:07Z"),
                207,
                requestId);
    }

    /** All that is to come back of a batch. */
    static String told(Batch batch) {
        Destination to = batch.destination();
        List<Integer> sizes =
                IntStream.range(0, batch.rows()).mapToObj(batch::size).toList();
        return batch.id() + " " + to + " " + to.tags() + " " + sizes + " " + json(batch);
    }

    static String told(DeadLetter letter) {
        return String.join(
                " | ",
                told(letter.batch()),
                letter.reason().name(),
                letter.message(),
                letter.written() + "/" + letter.attempts() + "/" + letter.httpStatus(),
                letter.firstAttempt() + " " + letter.lastAttempt(),
                String.valueOf(letter.requestId()));
    }

    static String told(Spool.Claim claim) {
        return told(claim.batch()) + " ended " + claim.ended() + " doubt " + claim.doubt();
    }

    private static String json(Batch batch) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            batch.writeTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
