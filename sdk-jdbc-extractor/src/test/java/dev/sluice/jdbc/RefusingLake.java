package dev.sluice.jdbc;

import dev.sluice.batch.Batch;
import dev.sluice.transport.Reply;
import dev.sluice.transport.Transport;
import java.time.Duration;

/** Refuses every batch as a bad request. */
final class RefusingLake implements Transport {
    @Override
    public Reply send(Batch batch, Duration timeout) {
        return new Reply.Refused(400, "no", null, "req_1");
    }

    @Override
    public void close() {}
}
