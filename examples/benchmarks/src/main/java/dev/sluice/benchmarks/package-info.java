/** The command, and what pushing a row costs: clients against each other over one sink, and single calls under JMH. */
@NullMarked
package dev.sluice.benchmarks;

import org.jspecify.annotations.NullMarked;
