/** Explains decisions: of a request that is made up, or of one that was made. */
@NullMarked
package io.gerve.explain;

import org.jspecify.annotations.NullMarked;
