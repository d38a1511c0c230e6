/** The runnable extractor: its commands, its configuration file, and a demo that needs nothing installed. */
@NullMarked
package dev.sluice.sync;

import org.jspecify.annotations.NullMarked;
