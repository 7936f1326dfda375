/** Joining a client to a file server: authenticated SSH sessions, opened ahead, one git command each. */
@NullMarked
package io.gerve.fileserver;

import org.jspecify.annotations.NullMarked;
