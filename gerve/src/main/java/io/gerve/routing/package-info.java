/** Routing: finds the file server that holds the repositories of an owner. */
@NullMarked
package io.gerve.routing;

import org.jspecify.annotations.NullMarked;
