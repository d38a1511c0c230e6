/** Delivers changed rows to a function of the user's own, from a queue that survives a crash. */
@NullMarked
package dev.sluice.push;

import org.jspecify.annotations.NullMarked;
