package dev.sluice.jdbc.dialect;

/**
 * The bound below which no row can appear any more: everything older is committed, or never will be.
 *
 * @param time the bound as a UTC time, as the database writes it
 * @param bound the same in the watermark column's own type, rounded down to its resolution: rows strictly below it are
 *     safe to read
 * @param now the database's present time in the watermark column's own type
 * @param behind whether the database's time lies before the horizon of the pass before: its clock was set back
 * @param prepared prepared transactions that are open in this database
 */
public record Horizon(String time, String bound, String now, boolean behind, int prepared) {}
