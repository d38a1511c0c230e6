package dev.sluice.sync;

import dev.sluice.PushListener;
import dev.sluice.batch.Batch;
import dev.sluice.jdbc.SyncListener;
import java.time.Duration;

/** Tells on stderr how a sync goes on; closing it ends what is still drawn. */
abstract class Progress implements SyncListener, PushListener, AutoCloseable {
    @Override
    public void retrying(Batch batch, int attempt, String reason, Duration wait) {
        say(batch.destination().table() + ": attempt " + attempt + " failed with " + reason + "; the next one in "
                + Words.seconds(wait));
    }

    /** One line, whatever is drawn. */
    abstract void say(String line);

    @Override
    public void close() {}
}
