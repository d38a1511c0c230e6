package dev.sluice.jdbc.source;

/**
 * What is written on the rows of a page.
 *
 * @param sequence the {@code _cdc_seq} of the first row; the others follow one by one
 * @param time the {@code _cdc_ts}
 */
public record Stamps(long sequence, String time) {}
