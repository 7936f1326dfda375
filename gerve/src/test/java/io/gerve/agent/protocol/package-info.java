@NullMarked
package io.gerve.agent.protocol;

import org.jspecify.annotations.NullMarked;
