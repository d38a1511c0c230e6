/** The conductor: takes rows, drives attempts until each batch is settled, and reports exactly what became of them. */
@NullMarked
package dev.sluice;

import org.jspecify.annotations.NullMarked;
