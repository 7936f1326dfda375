/** Explanations of decisions, for a hypothetical request or for a recorded one. */
@NullMarked
package io.gerve.explain;

import org.jspecify.annotations.NullMarked;
