package dev.sluice;

import org.slf4j.Logger;

/** Calls code of the user's that must not disturb a delivery. */
final class Listeners {
    private Listeners() {}

    static void tell(Logger log, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            log.warn("A push listener failed; the delivery goes on", e);
        }
    }
}
