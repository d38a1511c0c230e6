package dev.sluice;

import dev.sluice.batch.Batch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Logs what an operator has to know of the API: once when it changes, not with each attempt. To be called without locks. */
final class Signals {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private Signals() {}

    /** How the API answered before, how it answers now, and the batch that found it so. */
    static void health(Health before, Health now, Batch batch) {
        if (before == now) {
            return;
        }
        if (now == Health.AUTH) {
            LOG.warn(
                    "The API does not accept the key; it said so to batch {} for {}",
                    batch.id(),
                    batch.destination().table());
        } else {
            LOG.atLevel(before == Health.AUTH ? Level.INFO : Level.DEBUG)
                    .log("The API is {} now, it was {}; batch {} found it so", now, before, batch.id());
        }
    }

    /** Which circuits open because of an attempt at the batch. */
    static void circuits(boolean client, boolean table, Batch batch) {
        String words = "The circuit breaker of {} opens: no request is made for a while; the last was for batch {}";
        if (client) {
            LOG.warn(words, "all tables", batch.id());
        }
        if (table) {
            LOG.warn(words, batch.destination().table(), batch.id());
        }
    }
}
