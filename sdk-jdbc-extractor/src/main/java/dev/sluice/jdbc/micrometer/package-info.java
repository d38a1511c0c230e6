/** Metrics by Micrometer, for programs that have it. */
@NullMarked
package dev.sluice.jdbc.micrometer;

import org.jspecify.annotations.NullMarked;
