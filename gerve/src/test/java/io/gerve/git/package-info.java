/** Tests of git commands, names and paths. */
@NullMarked
package io.gerve.git;

import org.jspecify.annotations.NullMarked;
