/** Running git commands: their limits, their execution, and their end when a right is revoked. */
@NullMarked
package io.gerve.session;

import org.jspecify.annotations.NullMarked;
