/** Tests of what a client may ask for. */
@NullMarked
package io.gerve.git;

import org.jspecify.annotations.NullMarked;
