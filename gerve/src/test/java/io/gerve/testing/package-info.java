/** Real peers for tests, as child processes on loopback. */
@NullMarked
package io.gerve.testing;

import org.jspecify.annotations.NullMarked;
