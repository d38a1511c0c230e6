package dev.sluice.jdbc.source;

/** Tells rows that were sent before from those that are new or have changed. */
@FunctionalInterface
public interface Known {
    /**
     * Whether this is what was sent last of the row.
     *
     * @param key stands for the row's key
     * @param digest stands for all that is sent of the row, but for the time, order and occasion of its reading
     */
    boolean has(String key, String digest);
}
