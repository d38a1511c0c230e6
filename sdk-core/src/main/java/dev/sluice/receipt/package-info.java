/** What comes back: exact outcomes, and the rows that could not be delivered. */
@NullMarked
package dev.sluice.receipt;

import org.jspecify.annotations.NullMarked;
