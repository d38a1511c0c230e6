/** Where rows wait until they are delivered, safe from a crash of the process. */
@NullMarked
package dev.sluice.spool;

import org.jspecify.annotations.NullMarked;
