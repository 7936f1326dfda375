/** Messages between gates that something which they may have cached has changed. */
@NullMarked
package io.gerve.invalidation;

import org.jspecify.annotations.NullMarked;
