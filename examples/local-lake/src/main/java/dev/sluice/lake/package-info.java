/** A Stream API server in one process that lands rows in a DuckDB file: for demos, tests and offline work. */
@NullMarked
package dev.sluice.lake;

import org.jspecify.annotations.NullMarked;
