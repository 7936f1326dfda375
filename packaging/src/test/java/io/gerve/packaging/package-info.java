/** Tests of the assembled distribution, from outside. */
@NullMarked
package io.gerve.packaging;

import org.jspecify.annotations.NullMarked;
