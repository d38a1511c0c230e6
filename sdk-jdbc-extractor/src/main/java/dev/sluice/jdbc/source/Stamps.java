package dev.sluice.jdbc.source;

/**
 * What is written on the rows of a page.
 *
 * @param sequence the {@code _cdc_seq} of the first row; the others follow one by one
 * @param time the {@code _cdc_ts}
 * @param initial whether the page belongs to the initial load
 */
public record Stamps(long sequence, String time, boolean initial) {}
