/** Where a repository is: the file server that holds its owner's repositories. */
@NullMarked
package io.gerve.routing;

import org.jspecify.annotations.NullMarked;
