/** What the caller has: rows, how they become JSON bytes, and where they go. */
@NullMarked
package dev.sluice.row;

import org.jspecify.annotations.NullMarked;
