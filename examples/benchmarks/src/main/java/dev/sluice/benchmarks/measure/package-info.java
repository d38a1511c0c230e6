/** What the benchmarks measure with: a server that counts, a meter of the heap, child processes, medians. */
@NullMarked
package dev.sluice.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
