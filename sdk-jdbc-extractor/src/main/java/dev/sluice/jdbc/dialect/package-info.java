/** What differs between databases: names, types, and which rows are safe to read. */
@NullMarked
package dev.sluice.jdbc.dialect;

import org.jspecify.annotations.NullMarked;
