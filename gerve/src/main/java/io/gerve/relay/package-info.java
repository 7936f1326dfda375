/** Relays the bytes of one request between the client and a file server. */
@NullMarked
package io.gerve.relay;

import org.jspecify.annotations.NullMarked;
