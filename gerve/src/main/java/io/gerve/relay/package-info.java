/** Relay of bytes between a client and a file server. */
@NullMarked
package io.gerve.relay;

import org.jspecify.annotations.NullMarked;
