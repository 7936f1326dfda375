/** The programs that sshd runs, {@code gerve-keys} and {@code gerve-shell}: they ask the agent and know nothing themselves. */
@NullMarked
package io.gerve.agent.client;

import org.jspecify.annotations.NullMarked;
