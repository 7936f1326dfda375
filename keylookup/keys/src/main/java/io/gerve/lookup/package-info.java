/** Cached look-ups from a source that may be slow, frozen or down. */
@NullMarked
package io.gerve.lookup;

import org.jspecify.annotations.NullMarked;
