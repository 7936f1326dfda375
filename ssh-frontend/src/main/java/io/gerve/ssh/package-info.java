/**
 * The SSH frontend: the server that a stock git client connects to. The only package that depends on Apache MINA SSHD.
 */
@NullMarked
package io.gerve.ssh;

import org.jspecify.annotations.NullMarked;
