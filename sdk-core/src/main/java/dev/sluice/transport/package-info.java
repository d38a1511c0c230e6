/** One delivery attempt: send a batch once, say what is known of it afterwards. */
@NullMarked
package dev.sluice.transport;

import org.jspecify.annotations.NullMarked;
