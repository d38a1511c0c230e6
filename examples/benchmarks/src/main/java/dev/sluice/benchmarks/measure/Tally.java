package dev.sluice.benchmarks.measure;

/**
 * What came to the sink.
 *
 * @param events those with a marker
 * @param bytes of the bodies, unpacked
 * @param sent bytes of the bodies as they travelled
 */
public record Tally(long events, long bytes, long sent) {}
