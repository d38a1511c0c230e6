/** A table from its database to the API's answer: this library beside COPY, plain JDBC and plain programs. */
@NullMarked
package dev.sluice.benchmarks.sync;

import org.jspecify.annotations.NullMarked;
