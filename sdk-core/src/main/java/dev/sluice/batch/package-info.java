/** What travels: rows encoded once, cut to the API's limits, under an id that never changes. */
@NullMarked
package dev.sluice.batch;

import org.jspecify.annotations.NullMarked;
