/** The gate behind stock OpenSSH: a daemon on a Unix socket that tells sshd who a key's owner is, and its forced command what to do. */
@NullMarked
package io.gerve.agent;

import org.jspecify.annotations.NullMarked;
