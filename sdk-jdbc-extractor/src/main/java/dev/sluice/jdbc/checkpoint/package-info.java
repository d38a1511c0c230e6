/** How far the sync of each table has come, kept so that a crash at any moment loses nothing. */
@NullMarked
package dev.sluice.jdbc.checkpoint;

import org.jspecify.annotations.NullMarked;
