/** What the agent and its thin clients say to each other, in the JDK's own terms: the clients load nothing else. */
@NullMarked
package io.gerve.agent.protocol;

import org.jspecify.annotations.NullMarked;
