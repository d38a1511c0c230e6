package dev.sluice;

import dev.sluice.batch.Batch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * What an operator has to know of the API after an attempt: logged when it changes, not each time.
 *
 * @param before how it answered before
 * @param now how it answers now
 * @param opens whether the client's circuit opens because of it
 * @param tableOpens whether the table's circuit does
 */
record Signals(Health before, Health now, boolean opens, boolean tableOpens) {
    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    /** Tells of them, and of the batch that found it so. No lock may be held, for a log may be slow. */
    void log(Batch batch) {
        logHealth(batch);
        logCircuits(batch);
    }

    private void logHealth(Batch batch) {
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

    private void logCircuits(Batch batch) {
        String words = "The circuit breaker of {} opens: no request is made for a while; the last was for batch {}";
        if (opens) {
            LOG.warn(words, "all tables", batch.id());
        }
        if (tableOpens) {
            LOG.warn(words, batch.destination().table(), batch.id());
        }
    }
}
