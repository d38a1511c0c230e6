package dev.sluice.jdbc.checkpoint;

/**
 * A watermark that had been reached at a time: once every transaction of that time has ended, no row can appear at or
 * below it any more.
 *
 * @param time a UTC time of the database in ISO 8601, later than the reading of the value
 * @param value the highest watermark then, as the database's own text
 */
public record Mark(String time, String value) {}
