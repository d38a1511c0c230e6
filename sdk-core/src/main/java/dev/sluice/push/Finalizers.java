package dev.sluice.push;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What functions do without being told. */
final class Finalizers {
    static final PushFunction.Finalizer NONE = (succeeded, failed) -> {};

    private Finalizers() {}

    static PushFunction.Finalizer of(PushFunction function) {
        if (function instanceof SyncFunction sync) {
            return sync.whenDone();
        }
        return function instanceof AsyncFunction async ? async.whenDone() : ((AtomicFunction) function).whenDone();
    }

    /** A function that gave nothing has no outcomes. */
    static Map<String, RowOutcome> outcomes(@Nullable Map<String, ?> statuses) {
        return statuses == null ? Map.of() : RowOutcome.parseAll(statuses);
    }
}
