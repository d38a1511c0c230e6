package dev.sluice.push;

/** A function in mode ASYNC. */
record AsyncFunction(PushFunction.Submit push, PushFunction.Poll poll, PushFunction.Finalizer whenDone)
        implements PushFunction {
    @Override
    public PushFunction finalizer(Finalizer finalizer) {
        return new AsyncFunction(push, poll, finalizer);
    }

    @Override
    public Mode mode() {
        return Mode.ASYNC;
    }
}
