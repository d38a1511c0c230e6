/** The table loop: read a page, push it, and only then move on. */
@NullMarked
package dev.sluice.jdbc;

import org.jspecify.annotations.NullMarked;
