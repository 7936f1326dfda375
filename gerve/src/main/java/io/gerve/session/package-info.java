/** One request, from the client's line to its exit status. */
@NullMarked
package io.gerve.session;

import org.jspecify.annotations.NullMarked;
