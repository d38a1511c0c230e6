package dev.sluice.jdbc.checkpoint;

/**
 * A stretch of time that was read although transactions that began in it were still open, and that is read again when
 * they have ended.
 *
 * @param from its beginning: a UTC time in ISO 8601
 * @param to its end, up to which was read
 */
public record Overtaken(String from, String to) {}
