package dev.sluice;

import dev.sluice.batch.Batch;
import dev.sluice.receipt.Receipt;
import dev.sluice.transport.Reply;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells each of a client's listeners of everything: what one of them throws disturbs neither the delivery nor the others. */
final class Listeners implements PushListener {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final List<PushListener> all;

    Listeners(List<PushListener> all) {
        this.all = List.copyOf(all);
    }

    @Override
    public void attempted(Batch batch, Reply reply, Duration took) {
        tell(listener -> listener.attempted(batch, reply, took));
    }

    @Override
    public void retrying(Batch batch, int attempt, String reason, Duration wait) {
        tell(listener -> listener.retrying(batch, attempt, reason, wait));
    }

    @Override
    public void ended(Batch batch, Receipt.Part part, Duration elapsed) {
        tell(listener -> listener.ended(batch, part, elapsed));
    }

    private void tell(Consumer<PushListener> event) {
        for (PushListener listener : all) {
            try {
                event.accept(listener);
            } catch (Throwable e) { // also what Kotlin code throws undeclared
                LOG.warn("A push listener failed; the delivery goes on", e);
            }
        }
    }
}
