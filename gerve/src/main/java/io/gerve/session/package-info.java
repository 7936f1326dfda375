/** Running git commands: their limits, their execution, and their end when a key is revoked or a right is removed. */
@NullMarked
package io.gerve.session;

import org.jspecify.annotations.NullMarked;
