/** Reads what a push asks for and what became of it, as the bytes pass by. */
@NullMarked
package io.gerve.push;

import org.jspecify.annotations.NullMarked;
