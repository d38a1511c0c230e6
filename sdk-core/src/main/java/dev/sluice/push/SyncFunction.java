package dev.sluice.push;

/** A function in mode SYNC. */
record SyncFunction(PushFunction.Sync push, PushFunction.Finalizer whenDone) implements PushFunction {
    @Override
    public PushFunction finalizer(Finalizer finalizer) {
        return new SyncFunction(push, finalizer);
    }

    @Override
    public Mode mode() {
        return Mode.SYNC;
    }
}
