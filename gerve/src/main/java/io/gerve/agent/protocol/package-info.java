/**
 * The protocol between the agent and its thin clients. It depends only on the JDK, because the clients load nothing
 * else.
 */
@NullMarked
package io.gerve.agent.protocol;

import org.jspecify.annotations.NullMarked;
