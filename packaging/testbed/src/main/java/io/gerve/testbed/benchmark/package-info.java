/** What a session through the gate costs, side by side with the other ways to do the same work, in one run on one machine. */
@NullMarked
package io.gerve.testbed.benchmark;

import org.jspecify.annotations.NullMarked;
