@NullMarked
package io.gerve.agent.client;

import org.jspecify.annotations.NullMarked;
