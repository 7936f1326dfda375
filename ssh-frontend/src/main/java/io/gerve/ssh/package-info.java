/** The SSH door: what a stock git client connects to. The only package that knows Apache MINA SSHD. */
@NullMarked
package io.gerve.ssh;

import org.jspecify.annotations.NullMarked;
