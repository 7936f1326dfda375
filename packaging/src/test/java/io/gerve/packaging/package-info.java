/** Gerve as it is shipped: the assembled distribution, from outside. */
@NullMarked
package io.gerve.packaging;

import org.jspecify.annotations.NullMarked;
