package dev.sluice.push;

/** Tells an end that somebody asked for from a failure. */
final class Interrupts {
    private Interrupts() {}

    /** A function that was interrupted may say so in any way, but leaves the flag or throws what it should. */
    static void rethrow(Throwable thrown) throws InterruptedException {
        if (thrown instanceof InterruptedException || Thread.interrupted()) {
            InterruptedException interrupted = new InterruptedException("the push was interrupted");
            interrupted.initCause(thrown);
            throw interrupted;
        }
    }
}
