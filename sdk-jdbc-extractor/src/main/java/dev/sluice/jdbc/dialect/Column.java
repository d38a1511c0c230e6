package dev.sluice.jdbc.dialect;

import org.jspecify.annotations.Nullable;

/**
 * A column as the database describes it.
 *
 * @param name its name, as stored
 * @param type its declared type as SQL text, such as {@code numeric(10,2)}: what a value's text is cast to
 * @param kind the name of the type that decides its JSON: that of a domain is the type underneath
 * @param element for an array the kind of its elements, else null
 * @param scale the declared digits behind the second for times; -1 if none are declared
 * @param nullable whether the database lets it be NULL
 */
public record Column(
        String name, String type, String kind, @Nullable String element, int scale, boolean nullable) {}
