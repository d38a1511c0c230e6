/** Dead letters on Amazon SQS. */
@NullMarked
package dev.sluice.examples.sqs;

import org.jspecify.annotations.NullMarked;
