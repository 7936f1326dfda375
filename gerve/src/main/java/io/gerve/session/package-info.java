/** The git commands that run: their number, their start, and their end when a right is taken away. */
@NullMarked
package io.gerve.session;

import org.jspecify.annotations.NullMarked;
