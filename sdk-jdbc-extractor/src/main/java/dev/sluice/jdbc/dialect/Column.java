package dev.sluice.jdbc.dialect;

/**
 * A column as the database describes it.
 *
 * @param name its name, as stored
 * @param type its declared type as SQL text, such as {@code numeric(10,2)}: what a value's text is cast to
 * @param kind the name of the type that decides its JSON: underneath a domain, and within an array
 * @param isArray whether its values are arrays of that
 * @param modifier the database's own number for what the declaration adds, as for times the digits behind the second;
 *     -1 if it adds nothing
 * @param nullable whether the database lets it be NULL
 */
public record Column(String name, String type, String kind, boolean isArray, int modifier, boolean nullable) {}
