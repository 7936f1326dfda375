/** Messages between gates that invalidate cached results. */
@NullMarked
package io.gerve.invalidation;

import org.jspecify.annotations.NullMarked;
