package dev.sluice.benchmarks;

import java.io.IOException;

/** One way to send events, open and with its events at hand. */
interface Contestant extends AutoCloseable {
    /** The rows in each request, for those that may choose. */
    int BATCH = 5_000;

    /** Sends that many events, and returns when the server has answered for each of them. */
    void send(int events) throws Exception;

    @Override
    void close() throws IOException;
}
