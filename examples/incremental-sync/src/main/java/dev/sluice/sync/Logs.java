package dev.sluice.sync;

import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps the libraries' logs off stderr, which is for people. */
final class Logs {
    private static final String SIMPLE_LOGGER = "org.slf4j.simpleLogger.defaultLogLevel";

    /** Held, for the JDK forgets the level of a logger that nobody holds. */
    private static final Logger ALL = Logger.getLogger("");

    /** Its warnings about a URL that it does not understand quote the URL, and with it a password. */
    private static final Logger DRIVER = Logger.getLogger("org.postgresql");

    private Logs() {}

    /** To be called before the first library that logs is loaded. */
    static void show(boolean verbose) {
        if (System.getProperty(SIMPLE_LOGGER) == null) {
            System.setProperty(SIMPLE_LOGGER, verbose ? "warn" : "off");
        }
        ALL.setLevel(verbose ? Level.WARNING : Level.OFF);
        DRIVER.setLevel(Level.OFF);
    }
}
