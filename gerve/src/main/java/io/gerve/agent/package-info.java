/**
 * The agent: the gate behind stock OpenSSH. It is a daemon on a Unix socket that answers sshd's key look-ups and
 * authorizes the commands of its forced command.
 */
@NullMarked
package io.gerve.agent;

import org.jspecify.annotations.NullMarked;
