/** Connections whose clients the program serves nothing yet, and the bounds on them. */
@NullMarked
package io.gerve.connection;

import org.jspecify.annotations.NullMarked;
