/**
 * The sockets of the SSH server: how connections are accepted, read, written and closed. Knows the JDK and Apache MINA SSHD and
 * nothing else of Gerve.
 */
@NullMarked
package io.gerve.ssh.transport;

import org.jspecify.annotations.NullMarked;
