/** The programs that sshd runs, {@code gerve-keys} and {@code gerve-shell}. They only forward requests to the agent. */
@NullMarked
package io.gerve.agent.client;

import org.jspecify.annotations.NullMarked;
