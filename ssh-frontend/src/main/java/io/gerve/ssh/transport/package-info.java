/**
 * The sockets of the SSH server: how connections are accepted, read, written and closed. Depends on the JDK and Apache
 * MINA SSHD only, and on no other package of Gerve.
 */
@NullMarked
package io.gerve.ssh.transport;

import org.jspecify.annotations.NullMarked;
