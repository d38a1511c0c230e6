package dev.sluice.benchmarks;

/** In what form a contestant is handed its events. */
enum Form {
    /** As objects, which the library has to encode. */
    OBJECTS,
    /** Encoded already. */
    READY
}
