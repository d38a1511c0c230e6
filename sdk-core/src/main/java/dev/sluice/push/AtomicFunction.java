package dev.sluice.push;

/** A function in mode ATOMIC. */
record AtomicFunction(PushFunction.Atomic push, PushFunction.Finalizer whenDone) implements PushFunction {
    @Override
    public PushFunction finalizer(Finalizer finalizer) {
        return new AtomicFunction(push, finalizer);
    }

    @Override
    public Mode mode() {
        return Mode.ATOMIC;
    }
}
