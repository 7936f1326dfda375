/** Thousands of connections to a gate at once, by clients that cost next to nothing, and what they cost the gate. */
@NullMarked
package io.gerve.testbed.flood;

import org.jspecify.annotations.NullMarked;
