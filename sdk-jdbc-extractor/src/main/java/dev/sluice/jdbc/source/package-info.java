/** One page of rows out of the database, its transaction closed before the network is touched. */
@NullMarked
package dev.sluice.jdbc.source;

import org.jspecify.annotations.NullMarked;
