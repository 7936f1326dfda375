/** The key exchange of sntrup761 and X25519, with a server side of its own. */
@NullMarked
package io.gerve.ssh.ntruprime;

import org.jspecify.annotations.NullMarked;
