/** Cached look-ups from a source that may be slow, frozen or down, and the circuit breaker for every dependency. */
@NullMarked
package io.gerve.lookup;

import org.jspecify.annotations.NullMarked;
