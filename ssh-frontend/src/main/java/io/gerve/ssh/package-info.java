/**
 * The SSH frontend: the server that a stock git client connects to. Only this package and {@code
 * io.gerve.ssh.transport} depend on Apache MINA SSHD.
 */
@NullMarked
package io.gerve.ssh;

import org.jspecify.annotations.NullMarked;
