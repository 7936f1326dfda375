/** Git commands, repository names and repository paths. */
@NullMarked
package io.gerve.git;

import org.jspecify.annotations.NullMarked;
